//! Parameters of the awsQuery protocol: `Action=AssumeRole&Tags.member.1.Key=team`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::constraint;
use crate::error::{Error, StsError};
use crate::model::{Kind, Operation, ShapeId, sts as model};

/// The parameters of a request, by name.
pub(super) struct Params(BTreeMap<String, String>);

impl Params {
    pub(super) fn parse(form: &[u8]) -> Self {
        Self(form_urlencoded::parse(form).into_owned().collect())
    }

    /// The name of the operation.
    pub(super) fn action(&self) -> &str {
        self.get("Action").unwrap_or_default()
    }

    /// The input of an operation as JSON, checked against AWS's model.
    ///
    /// # Errors
    ///
    /// `MalformedInput` for a parameter that is not a number, `ValidationError` for a violated
    /// constraint.
    pub(super) fn input(&self, operation: &Operation) -> Result<Value, Error> {
        let Some(shape) = operation.input else {
            return Ok(Value::Object(Map::new()));
        };
        let input = match self.value(shape, "")? {
            Some(Value::Object(input)) => input,
            _ => Map::new(),
        };
        constraint::check(model(), shape, |name| input.get(name))?;
        Ok(Value::Object(input))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a shape whose parameters have that name or begin with it.
    fn value(&self, shape: ShapeId, name: &str) -> Result<Option<Value>, StsError> {
        match &model().shape(shape).kind {
            Kind::Structure { members } => {
                let mut object = Map::new();
                for member in members {
                    let dot = if name.is_empty() { "" } else { "." };
                    let path = format!("{name}{dot}{}", member.name);
                    if let Some(value) = self.value(member.shape, &path)? {
                        object.insert(member.name.clone(), value);
                    }
                }
                Ok((!object.is_empty()).then_some(Value::Object(object)))
            }
            Kind::List { element, .. } => {
                let mut list = Vec::new();
                for number in self.numbers(name) {
                    list.extend(self.value(*element, &format!("{name}.member.{number}"))?);
                }
                Ok((!list.is_empty()).then_some(Value::Array(list)))
            }
            Kind::Integer { .. } => {
                let number = self.get(name).map(str::parse::<i32>).transpose();
                let number = number.map_err(|_| StsError::malformed_input(name))?;
                Ok(number.map(Value::from))
            }
            _ => Ok(self.get(name).map(Value::from)),
        }
    }

    /// The numbers of the elements of a list, in order.
    fn numbers(&self, name: &str) -> BTreeSet<u32> {
        let prefix = format!("{name}.member.");
        let names = self.0.range(prefix.clone()..).map(|(name, _)| name);
        names
            .map_while(|name| name.strip_prefix(&prefix))
            .filter_map(|rest| rest.split('.').next()?.parse().ok())
            .collect()
    }
}
