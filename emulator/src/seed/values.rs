//! Deserializes nodes into types. Errors have the path and the line.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use super::error::ParseError;
use super::yaml::{Kind, Node};

impl Node {
    /// Deserializes the document.
    pub(super) fn typed<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        T::deserialize(self).map_err(|error| error.at(self.line))
    }

    fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Plain(text) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

impl de::Error for ParseError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }
}

impl ParseError {
    /// The message does not show the value, which may be a secret.
    fn expected(expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        if expected.starts_with("struct ") {
            return Self::new("expected a mapping");
        }
        Self::new(format!("expected {expected}"))
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = ParseError;

    /// A plain scalar is a number if it is a number in JSON.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match &self.kind {
            Kind::Plain(_) if self.is_null() => visitor.visit_unit(),
            Kind::Plain(text) => match (&**text, text.parse::<Number>()) {
                ("true" | "True" | "TRUE", _) => visitor.visit_bool(true),
                ("false" | "False" | "FALSE", _) => visitor.visit_bool(false),
                (_, Ok(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(number), _, _) => visitor.visit_u64(number),
                    (_, Some(number), _) => visitor.visit_i64(number),
                    (.., number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
                },
                (text, Err(_)) => visitor.visit_str(text),
            },
            Kind::Text(text) => visitor.visit_str(text),
            Kind::Items(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Kind::Fields(fields) => visitor.visit_map(Fields::new(fields)),
        }
    }

    /// Accepts mappings only. The visitors of derived types would also accept sequences, which no
    /// seed uses and which make the binary larger.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match &self.kind {
            Kind::Fields(fields) => visitor.visit_map(Fields::new(fields)),
            _ => Err(ParseError::expected(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match &self.kind {
            Kind::Items(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            _ => Err(ParseError::expected(&visitor)),
        }
    }

    /// Accepts every scalar but null, so that an account needs no quotes.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match &self.kind {
            Kind::Plain(text) | Kind::Text(text) if !self.is_null() => visitor.visit_str(text),
            _ => Err(ParseError::expected(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        match &self.kind {
            Kind::Plain(text) | Kind::Text(text) => visitor.visit_enum(name(text)),
            _ => Err(ParseError::expected(&visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple tuple_struct identifier
    }
}

fn name(text: &str) -> StrDeserializer<'_, ParseError> {
    text.into_deserializer()
}

struct Items<'de>(std::iter::Enumerate<std::slice::Iter<'de, Node>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ParseError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ParseError> {
        let Some((index, item)) = self.0.next() else {
            return Ok(None);
        };
        let value = seed.deserialize(item);
        value
            .map(Some)
            .map_err(|error| error.within(&format!("[{index}]")).at(item.line))
    }
}

struct Fields<'de> {
    rest: std::slice::Iter<'de, (String, Node)>,
    value: Option<&'de (String, Node)>,
}

impl<'de> Fields<'de> {
    fn new(fields: &'de [(String, Node)]) -> Self {
        Self {
            rest: fields.iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = ParseError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ParseError> {
        self.value = self.rest.next();
        let Some((field, node)) = self.value else {
            return Ok(None);
        };
        let key = seed.deserialize(name(field));
        key.map(Some)
            .map_err(|error| error.within(field).at(node.line))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ParseError> {
        let Some((field, node)) = self.value else {
            return Err(ParseError::custom("missing value"));
        };
        let value = seed.deserialize(node);
        value.map_err(|error| error.within(field).at(node.line))
    }
}
