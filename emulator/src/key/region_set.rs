//! Multi-Region keys: a primary and its replicas, which share id and material.

use serde::{Deserialize, Serialize};

use crate::api::Region;
use crate::error::{KmsError, message};

/// The Regions of a multi-Region key. Every key of the set stores a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RegionSet {
    pub(crate) primary: Region,
    /// In the order of their creation.
    pub(crate) replicas: Vec<Region>,
}

impl RegionSet {
    /// The set of a key without replicas.
    pub(crate) fn of_primary(region: Region) -> Self {
        Self {
            primary: region,
            replicas: Vec::new(),
        }
    }

    /// All Regions except one.
    pub(crate) fn others<'s>(&'s self, excluded: &'s Region) -> impl Iterator<Item = &'s Region> {
        std::iter::once(&self.primary)
            .chain(&self.replicas)
            .filter(move |region| *region != excluded)
    }

    /// Parses the name of a Region for a new replica.
    ///
    /// # Errors
    ///
    /// AWS has no such Region, it is in another partition, or it already has a key of the set.
    pub(crate) fn region_of_replica(&self, name: &str) -> Result<Region, KmsError> {
        let region = Region::parse(name).filter(Region::exists);
        let region = region.ok_or_else(|| message::invalid_replica_region(name))?;
        if region.partition() != self.primary.partition() {
            return Err(message::replica_in_another_partition());
        }
        if region == self.primary {
            return Err(message::replica_in_primary_region(&region));
        }
        if self.replicas.contains(&region) {
            return Err(message::replica_exists_in_region());
        }
        Ok(region)
    }

    /// Makes a replica the primary, and the primary a replica.
    pub(crate) fn promote(&mut self, region: &Region) {
        if let Some(replica) = self.replicas.iter_mut().find(|replica| *replica == region) {
            std::mem::swap(replica, &mut self.primary);
        }
    }
}

/// The Regions of AWS, to detect typos. A Region that is missing from this list still works, except
/// for new replicas.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

impl Region {
    /// Whether AWS has this Region.
    pub(crate) fn exists(&self) -> bool {
        REGIONS.contains(&self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotes_a_replica() {
        let region = |name| Region::parse(name).unwrap();
        let mut set = RegionSet::of_primary(region("us-east-1"));
        set.replicas = vec![region("us-west-2"), region("eu-west-1")];
        set.promote(&region("eu-west-1"));
        assert_eq!(set.primary, region("eu-west-1"));
        assert_eq!(set.replicas, [region("us-west-2"), region("us-east-1")]);
        let excluded = region("us-east-1");
        let others: Vec<_> = set.others(&excluded).map(Region::as_str).collect();
        assert_eq!(others, ["eu-west-1", "us-west-2"]);
    }
}
