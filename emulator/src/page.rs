//! Pages of a list, and the markers between them.
//!
//! A marker says where the next page begins. It is opaque and cannot be made up: it carries a
//! keyed checksum over what was listed, so a marker of another list, or of none, is an
//! `InvalidMarkerException`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::crypto::Random;
use crate::error::{Error, message};
use crate::store::{Store, StoreError};

pub(crate) const RECORD: &str = "meta/marker-key";
const CHECKSUM: usize = 16;

/// What everything sealed begins with: `AQpA` as a text, as AWS's grant tokens do. Without it, one in 64
/// would begin with a hyphen, which command lines take for an option.
const PREFIX: [u8; 3] = [1, 10, 64];

/// The key of the checksums, one for each store, so that markers outlive a restart.
pub(crate) struct MarkerKey(Vec<u8>);

impl MarkerKey {
    /// The store's key, made if it has none yet.
    ///
    /// # Errors
    ///
    /// If there is none yet and it cannot be written, or the system has no randomness.
    pub(crate) fn of(store: &Store, random: &Random) -> Result<Self, StoreError> {
        if let Some(key) = store.get(RECORD) {
            return Ok(Self(key.to_vec()));
        }
        let key = random.bytes(32).map_err(|error| StoreError::Record {
            name: RECORD.to_owned(),
            cause: error.to_string(),
        })?;
        let mut changes = store.begin()?;
        changes.put(RECORD, key.clone());
        changes.commit()?.wait()?;
        Ok(Self(key))
    }

    /// A text that is for one purpose, in a form that nobody else can make up.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let checksum = self.checksum(purpose, text);
        URL_SAFE_NO_PAD.encode([&PREFIX, checksum.as_slice(), text.as_bytes()].concat())
    }

    /// The text that was sealed for a purpose; `None` if this is no such thing.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let bytes = bytes.strip_prefix(&PREFIX)?;
        let (checksum, text) = bytes.split_at_checked(CHECKSUM)?;
        let text = str::from_utf8(text).ok()?;
        (self.checksum(purpose, text) == checksum).then(|| text.to_owned())
    }

    /// A secret of the store for one purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<u8> {
        self.mac(purpose, "")
    }

    fn checksum(&self, purpose: &str, text: &str) -> Vec<u8> {
        let mut checksum = self.mac(purpose, text);
        checksum.truncate(CHECKSUM);
        checksum
    }

    fn mac(&self, purpose: &str, text: &str) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length will do");
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

/// One page that is being filled.
pub(crate) struct Page<T> {
    key: Arc<MarkerKey>,
    list: String,
    after: Option<String>,
    limit: usize,
    items: Vec<T>,
    last: Option<String>,
    truncated: bool,
}

impl<T> Page<T> {
    /// An empty page of `list`, which names the list with all that chooses its items, so that a
    /// marker fits no other.
    ///
    /// # Errors
    ///
    /// `InvalidMarkerException`.
    pub(crate) fn new(
        key: Arc<MarkerKey>,
        list: String,
        marker: Option<&str>,
        limit: usize,
    ) -> Result<Self, Error> {
        let after = match marker {
            Some(marker) => Some(
                key.open(&list, marker)
                    .ok_or_else(message::invalid_marker)?,
            ),
            None => None,
        };
        Ok(Self {
            key,
            list,
            after,
            limit,
            items: Vec::new(),
            last: None,
            truncated: false,
        })
    }

    /// The name of the last item of the page before.
    pub(crate) fn after(&self) -> Option<String> {
        self.after.clone()
    }

    /// Takes an item if there is room, and says whether there may be more to take.
    pub(crate) fn take(&mut self, name: &str, item: T) -> bool {
        if self.items.len() == self.limit {
            self.truncated = true;
            return false;
        }
        self.items.push(item);
        self.last = Some(name.to_owned());
        true
    }

    /// The items, and the marker of the next page if there is one.
    pub(crate) fn finish(self) -> (Vec<T>, Option<String>) {
        let next = self
            .last
            .filter(|_| self.truncated)
            .map(|last| self.key.seal(&self.list, &last));
        (self.items, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(key: &Arc<MarkerKey>, marker: Option<&str>) -> Result<Page<u8>, Error> {
        Page::new(Arc::clone(key), "list".to_owned(), marker, 2)
    }

    #[test]
    fn a_full_page_has_a_marker_only_if_more_follows() {
        let key = Arc::new(MarkerKey(vec![7; 32]));
        let mut first = page(&key, None).unwrap();
        assert!(first.take("a", 1) && first.take("b", 2));
        assert!(!first.take("c", 3));
        let (items, marker) = first.finish();
        assert_eq!(items, [1, 2]);

        let mut second = page(&key, marker.as_deref()).unwrap();
        assert_eq!(second.after().as_deref(), Some("b"));
        assert!(second.take("c", 3) && second.take("d", 4));
        assert_eq!(second.finish(), (vec![3, 4], None));
    }

    #[test]
    fn nothing_sealed_begins_with_a_hyphen() {
        for number in 0..200 {
            let sealed = MarkerKey(vec![number; 32]).seal("purpose", "text");
            assert!(sealed.starts_with("AQpA"), "{sealed}");
        }
    }

    #[test]
    fn a_marker_that_was_changed_or_made_up_or_is_of_another_list_is_refused() {
        let key = Arc::new(MarkerKey(vec![7; 32]));
        let mut first = page(&key, None).unwrap();
        first.take("a", 1);
        first.take("b", 2);
        first.take("c", 3);
        let marker = first.finish().1.unwrap();

        let mut changed = marker.clone().into_bytes();
        let last = changed.len() - 1;
        changed[last] = if changed[last] == b'A' { b'Q' } else { b'A' };
        for wrong in [
            String::from_utf8(changed).unwrap(),
            "made-up".to_owned(),
            String::new(),
        ] {
            assert!(page(&key, Some(&wrong)).is_err(), "{wrong}");
        }
        let other = Page::<u8>::new(Arc::clone(&key), "other".to_owned(), Some(&marker), 2);
        assert!(other.is_err());
        assert!(page(&Arc::new(MarkerKey(vec![8; 32])), Some(&marker)).is_err());
    }
}
