//! The text of answers: the one of `serde_json`, with a third of its instructions. The names of members are those
//! of Rust fields, and most texts need no escapes. So both are copied, and not read byte by byte.

use std::fmt;
use std::io::Write as _;

use serde::ser::{
    Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    SerializeTupleStruct,
};
use serde::{Serialize, Serializer};
use serde_json::Error;

/// The name under which `serde_json` serializes text that is JSON already.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Appends JSON to a buffer.
pub(super) struct Json<'o>(pub(super) &'o mut Vec<u8>);

/// The rest of a list or an object.
pub(super) struct Members<'o> {
    out: &'o mut Vec<u8>,
    /// The first byte of the next member: the opening bracket, or a comma.
    before: u8,
    end: Option<u8>,
}

/// A text that is written as it is.
struct Raw<'v, T: ?Sized>(&'v T);

impl<T: Serialize + ?Sized> fmt::Display for Raw<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(formatter)
    }
}

impl Json<'_> {
    /// What is rare, or a number, which `serde_json` writes as fast.
    fn library(self, value: impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(self.0, &value)
    }

    fn text(self, text: &str) -> Result<(), Error> {
        // Without an early end, the compiler tests many bytes at once.
        let is_plain = |byte| byte >= b' ' && !matches!(byte, b'"' | b'\\');
        if !text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
            return self.library(text);
        }
        self.name(text);
        Ok(())
    }

    /// A text without characters that need escapes.
    fn name(self, name: &str) {
        let Self(out) = self;
        out.reserve(name.len() + 2);
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.push(b'"');
    }
}

impl<'o> Members<'o> {
    fn of(out: &'o mut Vec<u8>, [start, end]: [u8; 2]) -> Self {
        Self {
            out,
            before: start,
            end: Some(end),
        }
    }

    fn next(&mut self) -> Json<'_> {
        self.out.push(std::mem::replace(&mut self.before, b','));
        Json(self.out)
    }

    fn finish(self) {
        if self.end.is_some() && self.before != b',' {
            self.out.push(self.before);
        }
        self.out.extend(self.end);
    }
}

impl<'o> Serializer for Json<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Members<'o>;
    type SerializeTuple = Members<'o>;
    type SerializeTupleStruct = Members<'o>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Members<'o>;
    type SerializeStruct = Members<'o>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        let text: &[u8] = if value { b"true" } else { b"false" };
        self.0.extend_from_slice(text);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.library(value)
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = self.serialize_struct(name, 1)?;
        SerializeStruct::serialize_field(&mut object, variant, value)?;
        SerializeStruct::end(object)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'o>, Error> {
        Ok(Members::of(self.0, *b"[]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Members<'o>, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Members<'o>, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::custom("no answer has a variant with several values"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'o>, Error> {
        Ok(Members::of(self.0, *b"{}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members<'o>, Error> {
        let mut object = Members::of(self.0, *b"{}");
        if name == RAW_VALUE {
            object.end = None;
        }
        Ok(object)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::custom("no answer has a variant with members"))
    }
}

impl SerializeSeq for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.next())
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl SerializeTuple for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.next())
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl SerializeTupleStruct for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.next())
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Error> {
        let Json(out) = self.next();
        let start = out.len();
        name.serialize(Json(out))?;
        if out.get(start) == Some(&b'"') {
            Ok(())
        } else {
            Err(Error::custom("the name of a member is not a text"))
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push(b':');
        value.serialize(Json(self.out))
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if self.end.is_none() {
            return write!(self.out, "{}", Raw(value)).map_err(Error::io);
        }
        self.next().name(name);
        self.out.push(b':');
        value.serialize(Json(self.out))
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Serialize)]
    enum Variant {
        Unit,
        Value(u8),
    }

    #[derive(Serialize)]
    struct Nothing {}

    #[derive(Serialize)]
    struct Flat {
        name: &'static str,
        #[serde(flatten)]
        more: BTreeMap<String, Value>,
        raw: Box<RawValue>,
        absent: Option<()>,
    }

    fn is_that_of_the_library(value: &impl Serialize) {
        let mut found = b"before ".to_vec();
        value.serialize(Json(&mut found)).unwrap();
        let expected = serde_json::to_string(value).unwrap();
        assert_eq!(
            String::from_utf8(found).unwrap(),
            format!("before {expected}")
        );
    }

    #[test]
    fn text_is_that_of_the_library() {
        for character in (0..0x120).filter_map(char::from_u32) {
            is_that_of_the_library(&format!("a text with {character} in its middle"));
            is_that_of_the_library(&BTreeMap::from([(character, character)]));
        }
        is_that_of_the_library(
            &json!([null, true, false, -1, 1.5, u64::MAX, [], {}, [[{ "a": [] }]]]),
        );
        is_that_of_the_library(&(1_u8, -1_i8, 2_u16, -2_i16, 3_u32, -3_i32, 1.5_f32, ()));
        is_that_of_the_library(&(Variant::Unit, Variant::Value(7), Nothing {}, Some("")));
        let raw = RawValue::from_string(r#"{"a": "\"", "b":1.0E9}"#.to_owned()).unwrap();
        let more = [("b", json!({ "\n": [1] })), ("c", json!(null))];
        is_that_of_the_library(&Flat {
            name: "x",
            more: more.map(|(name, value)| (name.to_owned(), value)).into(),
            raw,
            absent: None,
        });
    }

    #[test]
    fn names_are_texts() {
        let mut out = Vec::new();
        assert!(BTreeMap::from([(1, 2)]).serialize(Json(&mut out)).is_err());
    }
}
