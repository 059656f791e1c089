//! The members of a request.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A body that was parsed as a JSON object: its members, in their order. Most requests have a few, and comparing
/// names takes less time than a hash of each. Of members with the same name, the last one counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body(Vec<(String, Value)>);

/// How many members are compared with each other. With more, a hash takes less time.
const FEW: usize = 32;

impl Body {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.iter()
            .find_map(|(other, value)| (other == name).then_some(value))
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let mut members = self.0.iter_mut();
        members.find_map(|(other, value)| (other == name).then_some(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> + Clone {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a member, or replaces its value.
    pub(crate) fn insert(&mut self, name: String, value: Value) {
        match self.get_mut(&name) {
            Some(before) => *before = value,
            None => self.0.push((name, value)),
        }
    }

    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keeps(name));
    }
}

impl From<Map<String, Value>> for Body {
    fn from(members: Map<String, Value>) -> Self {
        Self(members.into_iter().collect())
    }
}

impl From<Body> for Map<String, Value> {
    fn from(Body(members): Body) -> Self {
        members.into_iter().collect()
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Body;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Body, A::Error> {
                let mut body = Body::default();
                while let Some((name, value)) = members.next_entry()? {
                    if body.0.len() < FEW {
                        body.insert(name, value);
                    } else {
                        body.0.push((name, value));
                    }
                }
                if body.0.len() > FEW {
                    body = Map::from(body).into();
                }
                Ok(body)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body has the members of an object of `serde_json`.
    #[test]
    fn members_are_those_of_an_object() {
        for count in [0, 1, FEW, FEW + 1, 3 * FEW] {
            let names = (0..count).chain(0..count / 2);
            let members = names.enumerate();
            let members = members.map(|(index, name)| format!(r#""name {name}":{index}"#));
            let text = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
            let body: Body = serde_json::from_str(&text).unwrap();
            let object: Map<String, Value> = serde_json::from_str(&text).unwrap();
            assert!(
                body.iter()
                    .eq(object.iter().map(|(name, value)| (name.as_str(), value)))
            );
            assert_eq!(Map::from(body), object);
        }
    }
}
