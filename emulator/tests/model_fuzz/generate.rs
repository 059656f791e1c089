//! Bodies of requests, made from the input shapes of the model.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::known::{Call, Known};
use crate::model::{Kind, Model};

/// The longest text or blob that is made, unless a limit of the model is tried.
const MAX_LENGTH: i64 = 300;

/// Members that change the purpose of a request. They are set rarely, so that most requests succeed.
const RARE: &[&str] = &[
    "CustomKeyStoreId",
    "DryRun",
    "DryRunModifiers",
    "Recipient",
    "XksKeyId",
];

pub(crate) struct Generator<'m> {
    pub(crate) model: &'m Model,
    pub(crate) rng: Rng,
    pub(crate) known: Known,
    /// An attestation document that the emulator accepts.
    pub(crate) attestation_document: Vec<u8>,
}

impl Generator<'_> {
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.rng.f64() < probability
    }

    /// The body of a request. Most are valid, some are nearly valid, few are random.
    pub(crate) fn body(&mut self, operation: &str) -> Value {
        let Some(shape) = &self.model.operations[operation].input else {
            return json!({});
        };
        let members = &self.model.shape(shape).members;
        let call = self
            .known
            .call(|name| members.contains_key(name), &mut self.rng);
        let mut body = self.structure(shape, &call);
        let changes = *self.rng.choice(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 3]).unwrap();
        for _ in 0..changes {
            self.change(&mut body);
        }
        body
    }

    fn structure(&mut self, shape: &str, call: &Call) -> Value {
        let shape = self.model.shape(shape);
        let mut members = Map::new();
        for (name, member) in &shape.members {
            let probability = match (shape.required.contains(name), call.contains_key(name)) {
                (true, _) => 0.99,
                _ if RARE.contains(&name.as_str()) => 0.04,
                (false, true) => 0.8,
                (false, false) => 0.06,
            };
            if self.chance(probability) {
                let known = call.get(name).filter(|_| self.rng.f64() < 0.9);
                let value = match (known, call.get(&format!("{name}s"))) {
                    (Some(known), _) => known.clone(),
                    // `SigningAlgorithm` is one of the key's `SigningAlgorithms`.
                    (None, Some(Value::Array(values))) if !values.is_empty() => {
                        self.rng.choice(values).unwrap().clone()
                    }
                    _ => self.value(member, call),
                };
                members.insert(name.clone(), value);
            }
        }
        Value::Object(members)
    }

    fn value(&mut self, name: &str, call: &Call) -> Value {
        let shape = self.model.shape(name);
        match shape.kind {
            Kind::Structure => self.structure(name, call),
            Kind::List => {
                let element = shape.member.as_ref().unwrap();
                let count = *self.rng.choice(&[1, 1, 1, 2, 3]).unwrap();
                (0..count).map(|_| self.value(element, call)).collect()
            }
            Kind::Map => {
                let [key, element] = [&shape.key, &shape.value].map(|name| name.as_ref().unwrap());
                let mut entries = Map::new();
                for _ in 0..self.rng.usize(..3) {
                    if let Value::String(key) = self.value(key, call) {
                        entries.insert(key, self.value(element, call));
                    }
                }
                Value::Object(entries)
            }
            Kind::String if !shape.values.is_empty() => self.enum_value(name),
            Kind::String | Kind::Blob => {
                let again = if name == "AliasNameType" { 0.5 } else { 0.85 };
                let known = self.known.value(name, &mut self.rng);
                match known.filter(|_| self.rng.f64() < again) {
                    Some(known) => known,
                    None if shape.kind == Kind::Blob => self.blob(name),
                    None => self.text(name).into(),
                }
            }
            Kind::Integer => {
                let (min, max) = (shape.min.unwrap_or(0), shape.max.unwrap_or(4000));
                let near = self.rng.i64(min..=max.min(min + 40));
                (*self.rng.choice(&[near, near, near, max]).unwrap()).into()
            }
            Kind::Boolean => self.rng.bool().into(),
            // From one year ago to two years ahead of the clock of the first state.
            Kind::Timestamp => (1_769_868_000 + self.rng.i64(-31_536_000..63_072_000)).into(),
        }
    }

    /// Generating an RSA key takes seconds, so most choices are others. Wrapping keys are small RSA keys.
    fn enum_value(&mut self, shape: &str) -> Value {
        let values = &self.model.shape(shape).values;
        let mut value = self.rng.choice(values).unwrap();
        for _ in 0..8 {
            let is_slow = match value.as_str() {
                "RSA_2048" => shape != "WrappingKeySpec",
                other => matches!(other, "RSA_3072" | "RSA_4096"),
            };
            if is_slow {
                value = self.rng.choice(values).unwrap();
            }
        }
        value.as_str().into()
    }

    fn blob(&mut self, shape: &str) -> Value {
        let bytes = if shape == "AttestationDocumentType" {
            self.attestation_document.clone()
        } else {
            let length = self.length(shape);
            (0..length).map(|_| self.rng.u8(..)).collect()
        };
        STANDARD.encode(bytes).into()
    }

    fn length(&mut self, shape: &str) -> i64 {
        let shape = self.model.shape(shape);
        let min = shape.min.unwrap_or(0);
        let max = shape.max.unwrap_or(MAX_LENGTH).min(min + MAX_LENGTH);
        *self
            .rng
            .choice(&[32, 64, self.rng.clone().i64(min..=max)])
            .unwrap()
            .clamp(&min, &max)
    }

    fn text(&mut self, shape: &str) -> String {
        let word: String = (0..12).map(|_| self.rng.lowercase()).collect();
        let account = *self.rng.choice(&["000000000000", "111122223333"]).unwrap();
        match shape {
            "AliasNameType" => format!("alias/{word}"),
            "PolicyType" => json!({
                "Version": "2012-10-17",
                "Statement": {
                    "Sid": word,
                    "Effect": "Allow",
                    "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
                    "Action": "kms:*",
                    "Resource": "*",
                },
            })
            .to_string(),
            "PolicyNameType" => "default".to_owned(),
            "PrincipalIdType" => format!("arn:aws:iam::{account}:role/{word}"),
            "RegionType" => (*self.rng.choice(&["eu-west-1", "us-west-2"]).unwrap()).to_owned(),
            "CloudHsmClusterIdType" => format!("cluster-{}", word.replace(['0', '1'], "2")),
            // A closed port of this machine: no request leaves it.
            "XksProxyUriEndpointType" => "https://127.0.0.1".to_owned(),
            "XksProxyUriPathType" => format!("/{word}/kms/xks/v1"),
            "XksProxyAuthenticationAccessKeyIdType" => word.to_uppercase() + "ABCDEFGHIJ",
            "XksProxyAuthenticationRawSecretAccessKeyType" => word.repeat(4),
            _ => {
                let length = usize::try_from(self.length(shape)).unwrap();
                let characters: Vec<char> = "abcXYZ0189-_:/=+@. é\u{1f511}".chars().collect();
                let choose = |_| *self.rng.choice(&characters).unwrap();
                (0..length).map(choose).collect()
            }
        }
    }

    /// Changes one value somewhere in `place`, or adds or removes a member.
    fn change(&mut self, place: &mut Value) {
        if self.chance(0.8) {
            let index = self.rng.usize(..1000);
            match place {
                Value::Object(members) if !members.is_empty() => {
                    let index = index % members.len();
                    return members
                        .values_mut()
                        .nth(index)
                        .map_or((), |value| self.change(value));
                }
                Value::Array(values) if !values.is_empty() => {
                    let index = index % values.len();
                    return self.change(&mut values[index]);
                }
                _ => {}
            }
        }
        // A changed address could be one of another machine.
        if place
            .as_str()
            .is_some_and(|text| text.starts_with("https://"))
        {
            return;
        }
        let changed = match (self.rng.u8(..8), &*place) {
            (0..5, Value::String(text)) => self.changed_text(text).into(),
            (0..5, Value::Number(number)) => {
                let number = number.as_i64().unwrap_or(0);
                let numbers = [
                    number.wrapping_add(1),
                    number.wrapping_sub(1),
                    number.wrapping_neg(),
                    i64::from(i32::MAX) + 1,
                    i64::MAX,
                    0,
                ];
                (*self.rng.choice(&numbers).unwrap()).into()
            }
            (0..3, Value::Object(members)) => {
                let mut members = members.clone();
                let index = self.rng.usize(..=members.len());
                if let Some(name) = members.keys().nth(index).cloned() {
                    members.remove(&name);
                } else {
                    members.insert("Unknown".to_owned(), json!([{}]));
                }
                members.into()
            }
            (0..3, Value::Array(values)) => {
                let times = self.rng.usize(..30);
                values
                    .iter()
                    .cycle()
                    .take(values.len() * times)
                    .cloned()
                    .collect()
            }
            _ => self.any_value(),
        };
        *place = changed;
    }

    fn changed_text(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.rng.usize(..=letters.len());
        let added = *self
            .rng
            .choice(&['A', '/', ':', '=', '\0', ' ', 'é', '*', '"'])
            .unwrap();
        match self.rng.u8(..7) {
            0 => letters.truncate(at),
            1 => letters.insert(at, added),
            2 if at < letters.len() => letters[at] = added,
            3 => letters = letters.repeat(2),
            4 => letters = text.to_lowercase().chars().collect(),
            5 => letters = vec![added; *self.rng.choice(&[0, 1, 129, 257, 4097, 9000]).unwrap()],
            _ => letters.reverse(),
        }
        letters.into_iter().collect()
    }

    fn any_value(&mut self) -> Value {
        let values = [
            Value::Null,
            json!(true),
            json!(0),
            json!(-1.5),
            json!(1e300),
            json!(u64::MAX),
            json!(""),
            json!("AAAA"),
            json!([]),
            json!([null]),
            json!({}),
            json!({"": null}),
        ];
        self.rng.choice(&values).unwrap().clone()
    }
}
