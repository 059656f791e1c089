//! The secret of an emulator, which authenticates page markers, grant tokens and import tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::crypto::Random;
use crate::store::{Store, StoreError};

/// The name of the secret's record.
pub(crate) const RECORD: &str = "meta/marker-key";

const CHECKSUM_LENGTH: usize = 16;

/// The first bytes of every sealed text: `AQpA` in base64, as in AWS's grant tokens. Without them, one
/// text in 64 would begin with a hyphen, and command lines would parse it as an option.
const PREFIX: [u8; 3] = [1, 10, 64];

/// 32 random bytes. The store has a copy, so markers and tokens stay valid across restarts.
pub(crate) struct InstanceSecret(Vec<u8>);

impl InstanceSecret {
    /// The secret in a store. A new store gets a new secret.
    ///
    /// # Errors
    ///
    /// A new secret cannot be generated or written.
    pub(crate) fn of(store: &Store, random: &Random) -> Result<Self, StoreError> {
        if let Some(secret) = store.get(RECORD) {
            return Ok(Self(secret.to_vec()));
        }
        let secret = random.bytes(32);
        let secret = secret.map_err(|error| StoreError::record(RECORD, error))?;
        let mut changes = store.begin()?;
        changes.put(RECORD, secret.clone());
        changes.commit()?.wait()?;
        Ok(Self(secret))
    }

    /// Encodes a text with a checksum that only this secret can compute. `open` needs the same purpose.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let checksum = self.checksum(purpose, text);
        URL_SAFE_NO_PAD.encode([&PREFIX, checksum.as_slice(), text.as_bytes()].concat())
    }

    /// The text that was sealed for a purpose; `None` if the checksum does not match.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let bytes = bytes.strip_prefix(&PREFIX)?;
        let (checksum, text) = bytes.split_at_checked(CHECKSUM_LENGTH)?;
        let text = str::from_utf8(text).ok()?;
        (self.checksum(purpose, text) == checksum).then(|| text.to_owned())
    }

    /// Derives a secret for a purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<u8> {
        self.mac(purpose, "")
    }

    #[cfg(test)]
    pub(crate) fn for_test(byte: u8) -> Self {
        Self(vec![byte; 32])
    }

    fn checksum(&self, purpose: &str, text: &str) -> Vec<u8> {
        let mut checksum = self.mac(purpose, text);
        checksum.truncate(CHECKSUM_LENGTH);
        checksum
    }

    fn mac(&self, purpose: &str, text: &str) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_unchanged_texts_of_the_same_purpose() {
        let secret = InstanceSecret::for_test(7);
        let sealed = secret.seal("purpose", "text");
        assert_eq!(secret.open("purpose", &sealed).as_deref(), Some("text"));
        assert_eq!(secret.open("other", &sealed), None);
        assert_eq!(InstanceSecret::for_test(8).open("purpose", &sealed), None);

        let mut changed = sealed.into_bytes();
        let last = changed.len() - 1;
        changed[last] = if changed[last] == b'A' { b'Q' } else { b'A' };
        for invalid in [
            String::from_utf8(changed).unwrap(),
            "invented".to_owned(),
            String::new(),
        ] {
            assert_eq!(secret.open("purpose", &invalid), None, "{invalid}");
        }
    }

    #[test]
    fn sealed_texts_begin_without_a_hyphen() {
        for number in 0..200 {
            let sealed = InstanceSecret::for_test(number).seal("purpose", "text");
            assert!(sealed.starts_with("AQpA"), "{sealed}");
        }
    }
}
