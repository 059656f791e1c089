//! Every format of times and durations, in each field with one.

use super::*;
use crate::clock::test_forms::{
    INVALID_DURATIONS, INVALID_TIMES, NEGATIVE_DURATIONS, TIME, TIMES, durations, invalid_duration,
    invalid_time, negative_duration,
};

fn seed_of(fields: &str) -> String {
    format!("account: 111122223333\nregion: eu-west-1\nkeys:\n  - id: {KEY}\n    {fields}\n")
}

#[test]
fn reads_every_time_format() {
    for text in TIMES {
        let kms = seeded(&seed_of(&format!("created: {text}")));
        let created = metadata(&kms, KEY)["CreationDate"].as_f64().unwrap();
        assert_eq!(Timestamp::from_seconds(created), TIME, "{text}");
    }
    // Earlier versions accepted times before 1970, too.
    seeded(&seed_of("created: 1969-12-31"));
}

#[test]
fn rejects_invalid_times() {
    for text in INVALID_TIMES {
        for field in ["created", "expires", "deletion_date"] {
            let error = rejection(&seed_of(&format!("{field}: '{text}'")));
            let expected = format!("seed.yaml:5: keys[0].{field}: {}", invalid_time(text));
            assert_eq!(error, expected);
        }
        let error = rejection(&seed_of(&format!("rotation: {{next: '{text}'}}")));
        let expected = format!("seed.yaml:5: keys[0].rotation.next: {}", invalid_time(text));
        assert_eq!(error, expected);
    }
}

#[test]
fn reads_every_duration_format() {
    let day = Duration::from_secs(24 * 60 * 60);
    let in_days = |text: &str| {
        let kms = seeded(&seed_of(&format!("deletion_in: {text}")));
        let deletion = metadata(&kms, KEY)["DeletionDate"].as_f64().unwrap();
        Timestamp::from_seconds(deletion).days_since(kms.clock().now())
    };
    for (text, duration) in durations(day * 7, day * 30) {
        assert_eq!(in_days(text), 7, "{text}: {duration:?}");
    }
    // Earlier versions accepted days without a unit, too.
    for (text, days) in [("7", 7), ("30d", 30), ("720h", 30), ("2 weeks", 14)] {
        assert_eq!(in_days(text), days, "{text}");
    }
    let error = |text: &str| {
        let error = rejection(&seed_of(&format!("deletion_in: {text}")));
        let prefix = "seed.yaml:5: keys[0].deletion_in: ";
        error.strip_prefix(prefix).unwrap().to_owned()
    };
    for text in ["6d", "31d", "5", "0", "1y", "7d 1h"] {
        let expected = "expected a duration from 7d to 30d, in whole days";
        assert_eq!(error(text), expected, "{text}");
    }
    for text in INVALID_DURATIONS.into_iter().filter(|text| *text != "5") {
        assert_eq!(error(text), invalid_duration(text));
    }
    for text in NEGATIVE_DURATIONS {
        assert_eq!(error(text), negative_duration(text));
    }
}
