//! The goals, and whether they are met.

use crate::figure::{Figure, short};

/// How a figure is compared.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// A goal and the figure that was measured.
pub(crate) struct Goal {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The run fails if this is missed.
    pub(crate) gate: Limit,
    pub(crate) target: Limit,
}

/// All goals of a run.
#[derive(Default)]
pub(crate) struct Goals(pub(crate) Vec<Goal>);

impl Limit {
    pub(crate) fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    pub(crate) fn text(self, unit: &str) -> String {
        match self {
            Self::AtMost(limit) => format!("≤ {limit}{unit}"),
            Self::AtLeast(limit) => format!("≥ {limit}{unit}"),
        }
    }
}

impl Goal {
    pub(crate) fn value(&self) -> String {
        format!("{}{}", short(self.value), self.unit)
    }
}

impl Goals {
    /// The figure may be at most so large.
    pub(crate) fn at_most(
        &mut self,
        name: &str,
        figure: &Figure,
        unit: &'static str,
        gate: f64,
        target: f64,
    ) {
        self.add(name, figure, unit, [gate, target].map(Limit::AtMost));
    }

    /// The figure must be at least so large.
    pub(crate) fn at_least(
        &mut self,
        name: &str,
        figure: &Figure,
        unit: &'static str,
        gate: f64,
        target: f64,
    ) {
        self.add(name, figure, unit, [gate, target].map(Limit::AtLeast));
    }

    fn add(&mut self, name: &str, figure: &Figure, unit: &'static str, [gate, target]: [Limit; 2]) {
        self.0.push(Goal {
            name: name.to_owned(),
            value: figure.median(),
            unit,
            gate,
            target,
        });
    }

    pub(crate) fn missed(&self) -> impl Iterator<Item = &Goal> {
        self.0.iter().filter(|goal| !goal.gate.is_met(goal.value))
    }
}
