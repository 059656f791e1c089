//! Figures that are measured once in each round.

use std::fmt;
use std::fmt::Write as _;

/// The values of a figure, one of each round.
#[derive(Clone, Default)]
pub(crate) struct Figure(Vec<f64>);

impl Figure {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values, each combined with the other figure's of the same round. Other work on the machine
    /// affects both.
    pub(crate) fn with(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        Self(pairs.map(|(own, other)| combine(*own, *other)).collect())
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        self.with(other, |own, other| own + other)
    }

    pub(crate) fn over(&self, other: &Self) -> Self {
        self.with(other, |own, other| own / other)
    }

    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn max(&self) -> f64 {
        self.sorted().last().copied().unwrap_or(f64::NAN)
    }

    fn min(&self) -> f64 {
        self.sorted().first().copied().unwrap_or(f64::NAN)
    }

    /// The largest value over the smallest one.
    pub(crate) fn spread(&self) -> f64 {
        self.max() / self.min()
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

impl FromIterator<f64> for Figure {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

/// The median, with minimum and maximum.
impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return formatter.write_str("–");
        }
        let (median, min, max) = (self.median(), self.min(), self.max());
        write!(
            formatter,
            "{} [{}–{}]",
            short(median),
            short(min),
            short(max)
        )
    }
}

/// A number with three digits, or with all digits before the point.
pub(crate) fn short(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let number = format!("{value:.digits$}");
    let (whole, _) = number.split_once('.').unwrap_or((&number, ""));
    if whole.len() < 5 {
        return number;
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        let _ = write!(grouped, "{digit}");
    }
    grouped
}
