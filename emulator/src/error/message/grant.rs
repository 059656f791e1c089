//! Grants.

use super::{Code, KmsError, error};

pub(crate) fn context_constraint_on_another_spec() -> KmsError {
    let text = "EncryptionContext is supported only when creating a grant for a symmetric \
                encryption KMS key.";
    error(Code::Validation, text)
}
