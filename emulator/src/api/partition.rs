//! Partitions of AWS, from `model/partitions.json`, a trimmed copy of botocore's list.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

/// The partition of Regions that no partition names.
const DEFAULT: &str = "aws";

#[derive(Deserialize)]
struct Document {
    partitions: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    region_regex: String,
    regions: Vec<String>,
}

/// The known Regions, and the patterns of others.
struct Partitions {
    by_region: HashMap<String, String>,
    patterns: Vec<(Regex, String)>,
}

/// The id of the partition of a Region: `aws`, `aws-cn`, …
pub(super) fn of(region: &str) -> &'static str {
    static PARTITIONS: LazyLock<Partitions> = LazyLock::new(parse);
    let known = PARTITIONS.by_region.get(region).map(String::as_str);
    known.unwrap_or_else(|| {
        let mut patterns = PARTITIONS.patterns.iter();
        let found = patterns.find(|(pattern, _)| pattern.is_match(region));
        found.map_or(DEFAULT, |(_, id)| id)
    })
}

/// # Panics
///
/// If the checked-in list is invalid. A test parses it, so a release never panics here.
#[expect(
    clippy::expect_used,
    reason = "the list is part of the program, not input"
)]
fn parse() -> Partitions {
    let document: Document = serde_json::from_str(include_str!("../../model/partitions.json"))
        .expect("model/partitions.json is well formed");
    let mut partitions = Partitions {
        by_region: HashMap::new(),
        patterns: Vec::new(),
    };
    for Entry {
        id,
        region_regex,
        regions,
    } in document.partitions
    {
        let pattern = Regex::new(&region_regex).expect("every pattern compiles");
        let regions = regions.into_iter().map(|region| (region, id.clone()));
        partitions.by_region.extend(regions);
        partitions.patterns.push((pattern, id));
    }
    partitions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_the_partition_of_aws() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("eu-west-99", "aws"),
            ("xx-nowhere-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-gov-north-7", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(of(region), partition, "{region}");
        }
    }
}
