//! In which line of a document a field stands. Only asked when there is something to complain of,
//! so that the format's types need not carry lines about.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

/// A node of a document: its line, and what is below it.
pub(super) struct Node {
    line: u64,
    below: Below,
}

enum Below {
    Fields(Vec<(String, Node)>),
    Items(Vec<Node>),
    Nothing,
}

impl Node {
    /// The line of a field such as `keys[1].material.pem`; of the deepest that there is on the way
    /// to one that is missing.
    pub(super) fn line_of(&self, field: &str) -> Option<u64> {
        let mut node = self;
        for step in field.split(['.', '[']).filter(|step| !step.is_empty()) {
            let below = match (&node.below, step.strip_suffix(']')) {
                (Below::Items(items), Some(index)) => index
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index)),
                (Below::Fields(fields), None) => {
                    let found = fields.iter().find(|(name, _)| name == step);
                    found.map(|(_, below)| below)
                }
                _ => None,
            };
            match below {
                Some(below) => node = below,
                None => break,
            }
        }
        (node.line > 0).then_some(node.line)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let below = Spanned::<Below>::deserialize(deserializer)?;
        Ok(Self {
            line: below.referenced.line(),
            below: below.value,
        })
    }
}

impl<'de> Deserialize<'de> for Below {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Below;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("anything")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Below, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, mut node)) = map.next_entry::<Spanned<String>, Node>()? {
                    // That of the name: what a list begins with is below it.
                    if name.referenced.line() > 0 {
                        node.line = name.referenced.line();
                    }
                    fields.push((name.value, node));
                }
                Ok(Below::Fields(fields))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Below, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Below::Items(items))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_i128<E>(self, _: i128) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_u128<E>(self, _: u128) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_str<E>(self, _: &str) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_bytes<E>(self, _: &[u8]) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_unit<E>(self) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_none<E>(self) -> Result<Below, E> {
                Ok(Below::Nothing)
            }

            fn visit_some<D: Deserializer<'de>>(self, some: D) -> Result<Below, D::Error> {
                Below::deserialize(some)
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                inner: D,
            ) -> Result<Below, D::Error> {
                IgnoredAny::deserialize(inner).map(|_| Below::Nothing)
            }
        }

        deserializer.deserialize_any(Any)
    }
}
