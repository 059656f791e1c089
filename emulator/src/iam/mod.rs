//! The policy language of IAM: documents, conditions, principals, and whether a statement applies to
//! a request. It knows nothing of KMS.
//!
//! The rules follow recorded decisions of AWS where they exist, and the IAM User Guide elsewhere.
//! `fixtures/authorization` has both, with their sources.
//!
//! A policy and a request may both be hostile. Nothing recurses, every number and every expansion of
//! a variable is limited, and a pattern is matched without backtracking over its stars.

mod address;
mod arn;
mod clause;
mod comparison;
mod condition;
mod context;
mod document;
mod list;
mod number;
mod operator;
mod policies;
mod principal;
mod principal_arn;
mod statement;
mod template;
mod wildcard;

pub(crate) use address::is_address;
pub(crate) use clause::Clause;
pub(crate) use condition::Condition;
pub(crate) use context::Context;
#[cfg(feature = "cli")]
pub(crate) use context::is_list_key;
pub(crate) use document::{Policy, PolicyError};
pub(crate) use operator::Set;
pub(crate) use policies::Policies;
pub(crate) use principal::{Actor, Kind, Reach};
pub(crate) use principal_arn::{
    Directory, PrincipalArn, PrincipalArnError, Resource as PrincipalResource,
};
pub(crate) use statement::{Effect, Request, Statement};
pub(crate) use template::Template;
