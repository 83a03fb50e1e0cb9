//! Small things that are asked for again and again while a site is made. In: a key of all that a thing is made from; out:
//! the thing. It knows some of the last ones, and nobody waits but for who looks in the same drawer.

use crate::key::Key;
use foldhash::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

/// Things by their keys. A drawer that holds `MOST` is emptied, so that memory does not grow with the site.
#[derive(Debug)]
pub struct Drawers<T: ?Sized, const MOST: usize = MANY>([Mutex<HashMap<Key, Arc<T>>>; COUNT]);

const COUNT: usize = 32;
/// As many as there may be of small things.
const MANY: usize = 512;
/// As many as there may be of what is asked for again soon, or not at all.
pub const FEW: usize = 4;

impl<T: ?Sized, const MOST: usize> Default for Drawers<T, MOST> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl<T: ?Sized, const MOST: usize> Drawers<T, MOST> {
    /// The thing of a key, if it is known; otherwise as it is made.
    pub fn recall(&self, key: Key, make: impl FnOnce() -> Arc<T>) -> Arc<T> {
        match self.try_recall(key, || Ok::<_, Infallible>(make())) {
            Ok(thing) => thing,
            Err(never) => match never {},
        }
    }

    /// As [`Drawers::recall`], where making it may fail.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn try_recall<E>(&self, key: Key, make: impl FnOnce() -> Result<Arc<T>, E>) -> Result<Arc<T>, E> {
        let drawer = &self.0[usize::from(key.bytes()[0]) % COUNT];
        let open = || drawer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open().get(&key) {
            return Ok(Arc::clone(known));
        }
        let thing = make()?;
        let mut drawer = open();
        if drawer.len() >= MOST {
            drawer.clear();
        }
        drawer.insert(key, Arc::clone(&thing));
        Ok(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_made_again_and_not_everything_is_known() {
        let drawers = Drawers::<usize>::default();
        let key = |i: usize| Key::of([&i.to_le_bytes()[..]]);
        for i in 0..2 * COUNT * MANY {
            assert_eq!(*drawers.recall(key(i), || Arc::new(i)), i);
            assert_eq!(*drawers.recall(key(i), || Arc::new(usize::MAX)), i);
        }
        assert!(drawers.0.iter().all(|drawer| drawer.lock().expect("whole").len() <= MANY));
        assert_eq!(drawers.try_recall(key(usize::MAX), || Err::<Arc<usize>, _>("no")), Err("no"));
    }
}
