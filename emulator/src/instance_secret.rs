//! The secret of an emulator, which authenticates page markers, grant tokens and import tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::crypto::{Random, hmac_sha256};
use crate::store::{Store, StoreError};

/// The name of the secret's record.
pub(crate) const RECORD: &str = "meta/marker-key";

/// The length of the truncated MAC of a sealed text.
const MAC_LENGTH: usize = 16;

/// The first bytes of every sealed text: `AQpA` in base64, as in AWS's grant tokens. Otherwise, one text
/// in 64 would begin with a hyphen, and command lines would parse it as an option.
const PREFIX: [u8; 3] = [1, 10, 64];

/// 32 random bytes. The store keeps them, so markers and tokens stay valid after a restart.
pub(crate) struct InstanceSecret(Vec<u8>);

impl InstanceSecret {
    /// Loads the secret of a store. A new store gets a new secret.
    ///
    /// # Errors
    ///
    /// A new secret cannot be generated or written.
    pub(crate) fn load(store: &Store, random: &Random) -> Result<Self, StoreError> {
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

    /// Encodes a text with a MAC. [`Self::open`] requires the same purpose.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let mac = self.short_mac(purpose, text);
        URL_SAFE_NO_PAD.encode([&PREFIX, mac.as_slice(), text.as_bytes()].concat())
    }

    /// The text that was sealed for a purpose; `None` if the MAC does not match.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let bytes = bytes.strip_prefix(&PREFIX)?;
        let (mac, text) = bytes.split_at_checked(MAC_LENGTH)?;
        let text = str::from_utf8(text).ok()?;
        (self.short_mac(purpose, text) == mac).then(|| text.to_owned())
    }

    /// Derives a secret for a purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<u8> {
        self.mac(purpose, "")
    }

    #[cfg(test)]
    pub(crate) fn for_test(byte: u8) -> Self {
        Self(vec![byte; 32])
    }

    fn short_mac(&self, purpose: &str, text: &str) -> Vec<u8> {
        let mut mac = self.mac(purpose, text);
        mac.truncate(MAC_LENGTH);
        mac
    }

    fn mac(&self, purpose: &str, text: &str) -> Vec<u8> {
        let length = (purpose.len() as u64).to_be_bytes();
        let message = [&length[..], purpose.as_bytes(), text.as_bytes()];
        hmac_sha256(&self.0, &message).to_vec()
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
