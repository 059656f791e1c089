//! What would settle each inferred case: the request to send to AWS, after which calls, sorted by how many users meet it.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;
use serde_json::Value;

use super::usage;
use crate::cases::{self, Evidence, Named};

/// What would settle the inferred cases, the most useful first.
#[derive(Serialize)]
pub(crate) struct Plan {
    /// How the items are sorted.
    order: &'static str,
    items: Vec<Item>,
}

/// What would settle one case.
#[derive(Serialize)]
struct Item {
    case: String,
    /// From 1 to 25, an estimate of how many users meet it.
    weight: u32,
    /// The calls before the request, and waits.
    setup: Vec<Value>,
    request: Value,
    /// The expectation so far.
    expect: Value,
    /// What it was inferred from.
    inferred: String,
}

const ORDER: &str = "by an estimate of how many users meet the operation and its result, as AWS publishes no numbers: \
                     first what applications do with data and what is asked most in issues, last what few keys have";

/// What would settle the inferred cases in the program.
///
/// # Errors
///
/// The text says which case cannot be read.
pub(crate) fn plan() -> Result<Plan, String> {
    let cases = cases::embedded()?.into_iter();
    let inferred = cases.filter(|named| named.case.source.evidence == Evidence::Inferred);
    let mut items: Vec<_> = inferred.map(Item::new).collect();
    items.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.case.cmp(&b.case)));
    Ok(Plan {
        order: ORDER,
        items,
    })
}

impl Item {
    fn new(named: Named) -> Self {
        let weight = weight(&named);
        let Named { name, case, file } = named;
        let part = |name: &str| file.get(name).cloned().unwrap_or_default();
        Self {
            case: name,
            weight,
            setup: part("setup").as_array().cloned().unwrap_or_default(),
            request: part("request"),
            expect: part("expect"),
            inferred: case.source.r#where,
        }
    }
}

fn weight(named: &Named) -> u32 {
    let operation = usage::of_operation(named.folder());
    let weight = operation * usage::of_result(named.case.expect.r#type.as_deref());
    if usage::is_rare(&named.file.to_string()) {
        weight.div_ceil(2)
    } else {
        weight
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} inferred cases, {}.", self.items.len(), self.order)?;
        writeln!(
            f,
            "Send each request to AWS after its setup. The answer settles the case.\n"
        )?;
        for (number, item) in (1..).zip(&self.items) {
            writeln!(f, "{number}. {} (weight {})", item.case, item.weight)?;
            writeln!(f, "   {}", item.inferred)?;
            for step in &item.setup {
                writeln!(f, "   first:  {}", Step(step))?;
            }
            writeln!(f, "   send:   {}", Step(&item.request))?;
            writeln!(f, "   so far: {}\n", item.expect)?;
        }
        Ok(())
    }
}

/// A step of the setup or a request in one line.
struct Step<'a>(&'a Value);

impl Display for Step<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(step) = self;
        let text = |name: &str| step.get(name).and_then(Value::as_str);
        if let Some(duration) = text("advance") {
            return write!(f, "wait {duration}");
        }
        let Some(operation) = text("operation") else {
            return write!(f, "{step}");
        };
        write!(f, "{operation}")?;
        if let Some(input) = step.get("input") {
            write!(f, " {input}")?;
        }
        for (name, words) in [("region", "in"), ("account", "as account")] {
            if let Some(value) = text(name) {
                write!(f, " {words} {value}")?;
            }
        }
        let saves = step.get("save").and_then(Value::as_object);
        for (name, path) in saves.into_iter().flatten() {
            write!(f, ", save {} as {name}", path.as_str().unwrap_or_default())?;
        }
        Ok(())
    }
}
