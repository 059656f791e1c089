//! The format in which AWS returns policies: one member per line, a space before each colon, and
//! lists on the line of their opening bracket.

use std::io;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// Formats a policy in the style of the recorded default policy. Returns invalid JSON unchanged.
pub(super) fn format(policy: &str) -> String {
    let Ok(document) = serde_json::from_str::<Value>(policy) else {
        return policy.to_owned();
    };
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, AwsStyle::default());
    match document.serialize(&mut serializer) {
        Ok(()) => String::from_utf8(text).unwrap_or_else(|_| policy.to_owned()),
        Err(_) => policy.to_owned(),
    }
}

#[derive(Default)]
struct AwsStyle {
    /// The number of open objects.
    depth: usize,
    /// Whether the innermost open object or list has a value.
    has_value: bool,
}

impl AwsStyle {
    fn new_line<W: ?Sized + io::Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for AwsStyle {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.has_value = false;
        writer.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        writer.write_all(if first { b" " } else { b", " })
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b" ]")
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.new_line(writer)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b" : ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.new_line(writer)?;
        } else {
            writer.write_all(b" ")?;
        }
        writer.write_all(b"}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_like_aws() {
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Action":["kms:Get*","kms:List*"],
            "Principal":{"AWS":"*"},"Condition":{}},{"Sid":"b","NotAction":[]}]}"#;
        let expected = "{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {\n    \"Sid\" : \"a\",\n    \
                        \"Action\" : [ \"kms:Get*\", \"kms:List*\" ],\n    \"Principal\" : {\n      \
                        \"AWS\" : \"*\"\n    },\n    \"Condition\" : { }\n  }, {\n    \"Sid\" : \"b\",\n    \
                        \"NotAction\" : [ ]\n  } ]\n}";
        assert_eq!(format(policy), expected);
        assert_eq!(format(expected), expected);
    }
}
