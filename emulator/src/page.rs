//! Pages of a list, and the markers between them.
//!
//! A marker contains the name of the last item on its page, and is authenticated for its list. Any
//! other marker is an `InvalidMarkerException`.

use std::sync::Arc;

use crate::error::{Error, message};
use crate::instance_secret::InstanceSecret;

/// A page under construction.
pub(crate) struct Page<T> {
    secret: Arc<InstanceSecret>,
    list: String,
    after: Option<String>,
    limit: usize,
    items: Vec<T>,
    last: Option<String>,
    truncated: bool,
}

impl<T> Page<T> {
    /// An empty page. `list` identifies the list and everything that selects its items, so that a
    /// marker is valid only for the same list.
    ///
    /// # Errors
    ///
    /// `InvalidMarkerException`.
    pub(crate) fn new(
        secret: Arc<InstanceSecret>,
        list: String,
        marker: Option<&str>,
        limit: usize,
    ) -> Result<Self, Error> {
        let after = match marker {
            Some(marker) => Some(
                secret
                    .open(&list, marker)
                    .ok_or_else(|| message::invalid_marker(marker.len()))?,
            ),
            None => None,
        };
        Ok(Self {
            secret,
            list,
            after,
            limit,
            items: Vec::new(),
            last: None,
            truncated: false,
        })
    }

    /// The name of the last item on the previous page.
    pub(crate) fn after(&self) -> Option<String> {
        self.after.clone()
    }

    /// Adds an item. Returns `false` if the page is full.
    pub(crate) fn take(&mut self, name: &str, item: T) -> bool {
        if self.items.len() == self.limit {
            self.truncated = true;
            return false;
        }
        self.items.push(item);
        name.clone_into(self.last.get_or_insert_default());
        true
    }

    /// The items, and the marker of the next page, if any.
    pub(crate) fn finish(self) -> (Vec<T>, Option<String>) {
        let next = self
            .last
            .filter(|_| self.truncated)
            .map(|last| self.secret.seal(&self.list, &last));
        (self.items, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(secret: &Arc<InstanceSecret>, marker: Option<&str>) -> Result<Page<u8>, Error> {
        Page::new(Arc::clone(secret), "list".to_owned(), marker, 2)
    }

    #[test]
    fn only_a_truncated_page_has_a_marker() {
        let secret = Arc::new(InstanceSecret::for_test(7));
        let mut first = page(&secret, None).unwrap();
        assert!(first.take("a", 1) && first.take("b", 2));
        assert!(!first.take("c", 3));
        let (items, marker) = first.finish();
        assert_eq!(items, [1, 2]);

        let mut second = page(&secret, marker.as_deref()).unwrap();
        assert_eq!(second.after().as_deref(), Some("b"));
        assert!(second.take("c", 3) && second.take("d", 4));
        assert_eq!(second.finish(), (vec![3, 4], None));
    }

    #[test]
    fn rejects_markers_of_other_lists() {
        let secret = Arc::new(InstanceSecret::for_test(7));
        let mut first = page(&secret, None).unwrap();
        for (name, item) in [("a", 1), ("b", 2), ("c", 3)] {
            first.take(name, item);
        }
        let marker = first.finish().1.unwrap();
        assert!(page(&secret, Some("invented")).is_err());
        let other = Page::<u8>::new(Arc::clone(&secret), "other".to_owned(), Some(&marker), 2);
        assert!(other.is_err());
        assert!(page(&Arc::new(InstanceSecret::for_test(8)), Some(&marker)).is_err());
    }
}
