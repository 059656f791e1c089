//! A map that forgets its oldest entries.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

pub(super) struct Bounded<V> {
    values: HashMap<Arc<str>, V>,
    order: VecDeque<Arc<str>>,
    limit: usize,
}

impl<V> Bounded<V> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            values: HashMap::new(),
            order: VecDeque::new(),
            limit,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.values.get(key)
    }

    pub(super) fn insert(&mut self, key: &str, value: V) {
        if let Some(present) = self.values.get_mut(key) {
            *present = value;
            return;
        }
        let key: Arc<str> = key.into();
        self.order.push_back(Arc::clone(&key));
        self.values.insert(key, value);
        while self.order.len() > self.limit {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        if self.values.remove(key).is_some() {
            self.order.retain(|other| **other != *key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest_entry() {
        let mut map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            map.insert(key, value);
        }
        assert_eq!((map.get("a"), map.get("b")), (None, Some(&2)));
        map.remove("b");
        map.insert("b", 5);
        map.insert("d", 6);
        assert_eq!((map.get("c"), map.get("b")), (None, Some(&5)));
        assert_eq!(map.values.len(), map.order.len());
    }
}
