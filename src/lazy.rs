//! What is made when somebody asks for it first. In: how it is made; out: the thing. This room does not know what it is.

use std::sync::{Arc, OnceLock};

/// A thing that is made when somebody asks for it first.
#[derive(Clone, Debug, Default)]
pub struct Lazy<T>(OnceLock<Arc<T>>);

impl<T> Lazy<T> {
    /// A thing that is there.
    pub fn made(thing: Arc<T>) -> Self {
        Self(thing.into())
    }

    /// The thing. Where two ask at once, both make it, and the first one's is taken: to wait for another thread could be to
    /// wait for oneself, since a thread that waits takes up other work.
    pub fn get(&self, make: impl FnOnce() -> Arc<T>) -> &T {
        match self.0.get() {
            Some(thing) => thing,
            None => {
                let made = make();
                self.0.get_or_init(|| made)
            }
        }
    }
}
