//! Placeholders in a case file: `${variable}` in any text, and in the input of a call also generated values
//! such as `{"$repeat": …}`.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded as _};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::parse_duration;

/// The predefined variables and the saved ones.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Value>);

/// An object with one of these members is replaced by a generated value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
enum Generator {
    /// Base64 of the same byte, `count` times.
    #[serde(rename = "$base64_of")]
    Base64Of { byte: u8, count: usize },
    /// The text, `count` times.
    #[serde(rename = "$repeat")]
    Repeat { text: String, count: usize },
    /// Base64 with the lowest bit of byte `flip` inverted, or without the last `cut` bytes.
    #[serde(rename = "$edited")]
    Edited {
        base64: String,
        flip: Option<usize>,
        cut: Option<usize>,
    },
    /// A time plus a duration, in seconds since 1970.
    #[serde(rename = "$later")]
    Later { than: f64, by: String },
    /// A plaintext, encrypted with an RSA public key by another implementation.
    #[serde(rename = "$rsa_oaep")]
    RsaOaep(Wrapped),
    /// A plaintext of any length, wrapped with an AES key, after that key, encrypted with an RSA public key.
    #[serde(rename = "$rsa_aes_key_wrap")]
    RsaAesKeyWrap(Wrapped),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    hash: OaepHash,
    public_key: String,
    plaintext: String,
}

#[derive(Deserialize)]
enum OaepHash {
    #[serde(rename = "SHA_1")]
    Sha1,
    #[serde(rename = "SHA_256")]
    Sha256,
}

impl Variables {
    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Replaces every variable in a value. A text that consists of `${name}` alone takes the variable's type.
    pub(super) fn fill(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => match whole_variable(text) {
                Some(name) => self.get(name)?.clone(),
                None => Value::String(self.fill_text(text)?),
            },
            Value::Array(items) => items
                .iter()
                .map(|item| self.fill(item))
                .collect::<Result<_, _>>()?,
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| Ok((name.clone(), self.fill(member)?)))
                .collect::<Result<Map<_, _>, String>>()?
                .into(),
            other => other.clone(),
        })
    }

    /// Replaces every variable in a text.
    pub(super) fn fill_text(&self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("`${{` without `}}` in {text}"))?;
            filled.push_str(before);
            match self.get(name)? {
                Value::String(value) => filled.push_str(value),
                value => filled.push_str(&value.to_string()),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Replaces variables, then generates values, for the input of a call.
    pub(super) fn build(&self, input: &Value) -> Result<Value, String> {
        generate(self.fill(input)?)
    }

    /// Names and values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn get(&self, name: &str) -> Result<&Value, String> {
        self.0
            .get(name)
            .ok_or_else(|| format!("the variable `{name}` is not set"))
    }
}

impl fmt::Display for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|(name, value)| writeln!(f, "{name} = {value}"))
    }
}

fn generate(value: Value) -> Result<Value, String> {
    match value {
        Value::Array(items) => items.into_iter().map(generate).collect(),
        Value::Object(members) if members.keys().any(|name| name.starts_with('$')) => {
            let generator =
                Generator::deserialize(Value::Object(members)).map_err(|e| e.to_string())?;
            generator.generate()
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| Ok((name, generate(member)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object),
        other => Ok(other),
    }
}

impl Generator {
    fn generate(self) -> Result<Value, String> {
        Ok(Value::String(match self {
            Self::Later { than, by } => {
                let by = parse_duration(&by).map_err(|error| format!("by: {error}"))?;
                return Ok(Value::from(than + by.as_secs_f64()));
            }
            Self::Base64Of { byte, count } => BASE64.encode(vec![byte; count]),
            Self::Repeat { text, count } => text.repeat(count),
            Self::Edited { base64, flip, cut } => {
                let mut bytes = decode(&base64)?;
                let length = bytes.len();
                bytes.truncate(length.saturating_sub(cut.unwrap_or(0)));
                if let Some(flip) = flip {
                    let byte = bytes
                        .get_mut(flip)
                        .ok_or_else(|| format!("no byte {flip} among {length}"))?;
                    *byte ^= 1;
                }
                BASE64.encode(bytes)
            }
            Self::RsaOaep(wrapped) => BASE64.encode(wrapped.encrypt(&decode(&wrapped.plaintext)?)?),
            Self::RsaAesKeyWrap(wrapped) => BASE64.encode(wrapped.wrap()?),
        }))
    }
}

impl Wrapped {
    /// RSA OAEP.
    fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, String> {
        let algorithm = match self.hash {
            OaepHash::Sha1 => &OAEP_SHA1_MGF1SHA1,
            OaepHash::Sha256 => &OAEP_SHA256_MGF1SHA256,
        };
        let failed = |_| "RSA encryption failed".to_owned();
        let key =
            PublicEncryptingKey::from_der(&decode(&self.public_key)?).map_err(|e| e.to_string())?;
        let key = OaepPublicEncryptingKey::new(key).map_err(failed)?;
        let mut ciphertext = vec![0; key.ciphertext_size()];
        key.encrypt(algorithm, plaintext, &mut ciphertext, None)
            .map_err(failed)?;
        Ok(ciphertext)
    }

    /// The AES key is always the same, because nothing depends on it.
    fn wrap(&self) -> Result<Vec<u8>, String> {
        let failed = |_| "AES key wrap failed".to_owned();
        let plaintext = decode(&self.plaintext)?;
        let mut space = vec![0; plaintext.len() + 15];
        let key = AesKek::new(&AES_256, &[7; 32]).map_err(failed)?;
        let wrapped = key
            .wrap_with_padding(&plaintext, &mut space)
            .map_err(failed)?;
        Ok([self.encrypt(&[7; 32])?.as_slice(), wrapped].concat())
    }
}

fn decode(base64: &str) -> Result<Vec<u8>, String> {
    BASE64.decode(base64).map_err(|e| e.to_string())
}

fn whole_variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    (!name.contains('}')).then_some(name)
}
