//! Compares the answer of the upstream with that of this emulator.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::made::Made;
use super::pairs::Pairs;
use super::report::Difference;
use super::role::{self, DER_TOLERANCE, Role};
use crate::model::{Kind, ShapeId, model};
use crate::protocol::blob;

/// The maximum difference of two times, in seconds. Clocks differ, and requests take time.
const TOLERANCE: f64 = 300.0;
/// The first byte of a structure in DER.
const DER: u8 = 0x30;
/// What identifies an element of a list, the most specific first.
const IDENTITIES: [&str; 8] = [
    "GrantId",
    "AliasName",
    "KeyMaterialId",
    "CustomKeyStoreId",
    "TagKey",
    "Arn",
    "KeyId",
    "Region",
];
/// Members of a page, which depend on what is on other pages.
const PAGING: [&str; 2] = ["Truncated", "NextMarker"];

/// A comparison of two answers.
pub(super) struct Comparison<'c> {
    pub(super) operation: &'c str,
    pub(super) pairs: &'c mut Pairs,
    pub(super) made: &'c Made,
    /// Whether the ciphertexts in the answer, or in the request, contain random bytes.
    pub(super) hides_random: bool,
    /// Whether the answer is a part of a list.
    pub(super) is_page: bool,
    /// Whether a list has elements without a counterpart, which need not have one.
    pub(super) has_leftover: bool,
    pub(super) found: Vec<Difference>,
}

impl Comparison<'_> {
    /// Compares two structures, maps or other objects.
    pub(super) fn objects(
        &mut self,
        path: &str,
        shape: Option<ShapeId>,
        theirs: &Map<String, Value>,
        ours: &Map<String, Value>,
    ) {
        let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
        let (last, first): (Vec<_>, Vec<_>) = names
            .into_iter()
            .partition(|name| PAGING.contains(&name.as_str()));
        for name in first.into_iter().chain(last) {
            if self.has_leftover && PAGING.contains(&name.as_str()) {
                continue;
            }
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            let shape = shape.and_then(|shape| role::member(shape, name));
            match (theirs.get(name), ours.get(name)) {
                (Some(theirs), Some(ours)) => self.values(&path, name, shape, theirs, ours),
                (theirs, ours) => self.differ(&path, shape, theirs, ours),
            }
        }
        if let (Some(Value::String(theirs)), Some(Value::String(ours))) =
            (theirs.get("NextMarker"), ours.get("NextMarker"))
        {
            self.pairs.add_id(theirs, ours);
        }
    }

    fn values(
        &mut self,
        path: &str,
        name: &str,
        shape: Option<ShapeId>,
        theirs: &Value,
        ours: &Value,
    ) {
        let role = Role::of(self.operation, name, shape.map(|id| model().shape(id)));
        let is_same = match (theirs, ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                return self.objects(path, shape, theirs, ours);
            }
            (Value::Array(theirs), Value::Array(ours)) => {
                return self.lists(path, shape, theirs, ours);
            }
            (Value::String(theirs), Value::String(ours)) => self.texts(role, theirs, ours),
            (Value::Number(theirs), Value::Number(ours)) if role == Role::Time => {
                let (theirs, ours) = (theirs.as_f64(), ours.as_f64());
                let apart = theirs.zip(ours).map(|(theirs, ours)| (theirs - ours).abs());
                apart.is_some_and(|apart| apart <= TOLERANCE)
            }
            (theirs, ours) => role == Role::Ignored || theirs == ours,
        };
        if !is_same {
            self.differ(path, shape, Some(theirs), Some(ours));
        }
    }

    /// Whether two texts agree. Texts that must differ become a pair, also if their lengths disagree, so that
    /// this difference does not cause others.
    fn texts(&mut self, role: Role, theirs: &str, ours: &str) -> bool {
        let may_be_new = match role {
            Role::Plain | Role::Time => false,
            Role::Ignored => return true,
            Role::Document => return documents_agree(theirs, ours),
            Role::Token => {
                self.pairs.add_id(theirs, ours);
                return true;
            }
            Role::Fresh { tolerance } => {
                // A private key in DER may have been encrypted once more.
                let is_again = ["Encrypt", "ReEncrypt"].contains(&self.operation);
                let tolerance = match tolerance {
                    0 if self.hides_random && is_again => DER_TOLERANCE,
                    tolerance => tolerance,
                };
                self.pairs.add(theirs, ours, self.hides_random);
                return lengths_agree(theirs, ours, tolerance);
            }
            Role::Lasting => true,
            // Short random bytes are no pair, so only their length is known.
            Role::Decrypted => self.hides_random,
        };
        if self.pairs.are_same(theirs, ours) {
            return true;
        }
        if !may_be_new || !self.pairs.are_new(theirs, ours) {
            return false;
        }
        self.pairs.add_id(theirs, ours);
        lengths_agree(theirs, ours, 0)
    }

    /// Compares lists without regard to their order, which AWS does not document.
    fn lists(&mut self, path: &str, shape: Option<ShapeId>, theirs: &[Value], ours: &[Value]) {
        let element = match shape.map(|id| &model().shape(id).kind) {
            Some(Kind::List { element, .. }) => Some(*element),
            _ => None,
        };
        let path = &format!("{path}[]");
        let mut our_rest: Vec<&Value> = ours.iter().collect();
        let mut their_rest = Vec::new();
        for value in theirs {
            let same = our_rest
                .iter()
                .position(|ours| self.are_counterparts(value, ours));
            match same {
                Some(index) => {
                    let ours = our_rest.remove(index);
                    self.values(path, "", element, value, ours);
                }
                None => their_rest.push(value),
            }
        }
        // Ids that no answer has shown before: the order is that in which both sides made them.
        let (pending, their_rest) = self.take_unnamed(their_rest);
        if pending.len() == our_rest.len() && !self.is_page {
            for (theirs, ours) in pending.into_iter().zip(our_rest.drain(..)) {
                self.values(path, "", element, theirs, ours);
            }
        } else {
            for value in pending {
                self.without_counterpart(path, element, Some(value), None);
            }
        }
        for value in their_rest {
            self.without_counterpart(path, element, Some(value), None);
        }
        for value in our_rest {
            self.without_counterpart(path, element, None, Some(value));
        }
    }

    /// Separates the elements whose identity both sides choose by themselves.
    fn take_unnamed<'v>(&self, values: Vec<&'v Value>) -> (Vec<&'v Value>, Vec<&'v Value>) {
        values.into_iter().partition(|value| match identity(value) {
            Some(("GrantId" | "KeyMaterialId", id)) => self.pairs.ours_of(id).is_none(),
            Some(_) => false,
            None => value.is_object(),
        })
    }

    fn without_counterpart(
        &mut self,
        path: &str,
        shape: Option<ShapeId>,
        theirs: Option<&Value>,
        ours: Option<&Value>,
    ) {
        if self.is_page || theirs.is_some_and(|value| self.is_foreign(value)) {
            self.has_leftover = true;
        } else {
            self.differ(path, shape, theirs, ours);
        }
    }

    fn are_counterparts(&self, theirs: &Value, ours: &Value) -> bool {
        match (identity(theirs), identity(ours)) {
            (Some((name, theirs)), Some((other, ours))) => {
                name == other && self.pairs.are_same(theirs, ours)
            }
            _ => theirs == ours,
        }
    }

    /// Whether an element is one of a resource that was not made with this emulator.
    fn is_foreign(&self, value: &Value) -> bool {
        match identity(value) {
            Some(("AliasName" | "KeyId", id)) => !self.made.contains(id),
            Some(("GrantId" | "CustomKeyStoreId", id)) => self.pairs.ours_of(id).is_none(),
            _ => false,
        }
    }

    fn differ(
        &mut self,
        path: &str,
        shape: Option<ShapeId>,
        theirs: Option<&Value>,
        ours: Option<&Value>,
    ) {
        let shown = |value: Option<&Value>| value.map(|value| role::shown(shape, value));
        self.found
            .push(Difference::new(path, shown(theirs), shown(ours)));
    }
}

fn identity(value: &Value) -> Option<(&'static str, &str)> {
    let members = value.as_object()?;
    IDENTITIES
        .iter()
        .find_map(|name| Some((*name, members.get(*name)?.as_str()?)))
}

fn lengths_agree(theirs: &str, ours: &str, tolerance: usize) -> bool {
    let (Ok(theirs), Ok(ours)) = (blob::decode(theirs), blob::decode(ours)) else {
        return theirs.len().abs_diff(ours.len()) <= tolerance;
    };
    let are_der = theirs.first() == Some(&DER) && ours.first() == Some(&DER);
    let tolerance = match tolerance {
        0 if are_der => DER_TOLERANCE,
        tolerance => tolerance,
    };
    theirs.len().abs_diff(ours.len()) <= tolerance
}

/// Whether two policies are the same. Their lists are sets: AWS returns principals in varying order.
fn documents_agree(theirs: &str, ours: &str) -> bool {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).map(sorted);
    match (parsed(theirs), parsed(ours)) {
        (Ok(theirs), Ok(ours)) => theirs == ours,
        _ => theirs == ours,
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<_> = list.into_iter().map(sorted).collect();
            list.sort_by_cached_key(Value::to_string);
            Value::Array(list)
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            let members = members.into_iter();
            Value::Object(members.map(|(name, value)| (name, sorted(value))).collect())
        }
        other => other,
    }
}
