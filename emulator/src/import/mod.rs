//! Import of key material.

mod token;

pub(crate) use token::ImportToken;
