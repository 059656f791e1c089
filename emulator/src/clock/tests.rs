use super::test_forms::{
    INVALID_DURATIONS, INVALID_TIMES, NEGATIVE_DURATIONS, TIME, TIMES, durations, invalid_duration,
    invalid_time, negative_duration,
};
use super::*;

#[test]
fn parses_times() {
    for text in TIMES {
        assert_eq!(text.parse(), Ok(TIME), "{text}");
    }
    assert_eq!(
        "1969-12-31T23:59:59Z".parse(),
        Ok(Timestamp::from_millis(-1000))
    );
    for text in INVALID_TIMES.into_iter().chain([""]) {
        let error = text.parse::<Timestamp>().unwrap_err();
        assert_eq!(error.to_string(), invalid_time(text));
    }
}

#[test]
fn parses_durations() {
    for (text, duration) in durations(Duration::ZERO, Duration::MAX) {
        assert_eq!(parse_duration(text), Ok(duration), "{text}");
    }
    for text in INVALID_DURATIONS.into_iter().chain([""]) {
        let error = parse_duration(text).unwrap_err();
        assert_eq!(error.to_string(), invalid_duration(text));
    }
    for text in NEGATIVE_DURATIONS {
        let error = parse_duration(text).unwrap_err();
        assert_eq!(error.to_string(), negative_duration(text));
    }
}

#[test]
fn moves_freezes_and_follows_the_system_again() {
    let clock = Clock::system();
    assert!(clock.is_system_time() && !clock.is_frozen());
    let then = Timestamp::from_millis(1_000_000);
    clock.freeze();
    clock.set(then);
    assert_eq!((clock.now(), clock.is_frozen()), (then, true));
    clock.advance(Duration::from_secs(2));
    assert_eq!(clock.now().millis(), 1_002_000);
    clock.advance(Duration::MAX);
    assert_eq!(clock.now(), Timestamp::LAST);
    clock.set(then);
    clock.unfreeze();
    assert!(!clock.is_frozen() && !clock.is_system_time());
    // The clock runs. The bound is generous for slow machines.
    let since = clock.now().millis() - then.millis();
    assert!((0..60_000).contains(&since), "{since}");
    clock.use_system_time();
    assert!(clock.is_system_time());
}

#[test]
fn keeps_the_stored_names_of_modes() {
    for (mode, text) in [
        (Mode::Offset(5), r#"{"ahead":5}"#),
        (Mode::Frozen(5), r#"{"frozen":5}"#),
    ] {
        assert_eq!(serde_json::to_string(&mode).unwrap(), text);
        assert_eq!(serde_json::from_str::<Mode>(text).unwrap(), mode);
    }
}
