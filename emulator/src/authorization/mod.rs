//! KMS's decision about a request: key policies, grants, and the policies of the caller.
//!
//! The rules reproduce recorded decisions of AWS (`fixtures/authorization`). A [`Question`] has
//! everything that they depend on, so that the caller, the key and the grants can come from the store
//! or from a file.

mod action;
mod asked;
pub(crate) mod condition_key;
mod decision;
mod facts;
mod grants;
mod keys;
mod layers;
mod question;
mod rules;
mod steps;

pub(crate) use action::{Action, Scope};
pub(crate) use asked::Asked;
pub(crate) use condition_key::ConditionKeys;
pub(crate) use decision::{By, Decision, Layer, Verdict};
pub(crate) use facts::{Constraints, GrantFacts, KeyFacts, Parameters};
pub(crate) use keys::{principal_keys, set_key};
pub(crate) use layers::{ManagedPolicy, Subject};
pub(crate) use question::Question;
