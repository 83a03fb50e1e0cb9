//! How many connections there may be. In: a connection that has come; out: a seat for it, if need be that of another that
//! has kept us waiting.

use rustix::process::{Resource, getrlimit, setrlimit};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Connections at a time.
const SEATS: u64 = 2_048;
/// Of these, pages that listen for changes.
const LISTENERS: usize = 1_024;
/// Files that the process needs for all else.
const OTHER_FILES: u64 = 128;
/// How long it takes to leave a seat.
const LEAVES: Duration = Duration::from_millis(500);

/// Hands out seats to connections.
#[derive(Debug)]
pub(super) struct Gate {
    seats: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    /// Who could be sent away, in this order: those from whom a request is awaited, before those that take an answer;
    /// the oldest first.
    guests: Mutex<BTreeMap<(Doing, u64), Arc<Notify>>>,
    count: AtomicU64,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doing {
    /// It has not asked for anything yet, or not again.
    Asking,
    /// It has been given an answer, and has not taken all of it.
    Taking,
}

/// What a connection is doing, for as long as it does that.
pub(super) struct Visit<'g> {
    gate: &'g Gate,
    key: (Doing, u64),
}

impl Gate {
    /// A gate to as many seats as the process may have files open.
    pub(super) fn new() -> Self {
        let seats = files().saturating_sub(OTHER_FILES).clamp(16, SEATS) as usize;
        Self {
            seats: Arc::new(Semaphore::new(seats)),
            listeners: Arc::new(Semaphore::new(LISTENERS.min(seats / 2))),
            guests: Mutex::default(),
            count: AtomicU64::new(0),
        }
    }

    /// A seat for a connection. None if all are taken by others who listen or are being served.
    pub(super) async fn seat(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() {
            return Some(seat);
        }
        self.make_room();
        timeout(LEAVES, Arc::clone(&self.seats).acquire_owned()).await.ok()?.ok()
    }

    /// A place for a page that listens for changes.
    pub(super) fn listener(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.listeners).try_acquire_owned().ok()
    }

    /// Sends somebody away.
    pub(super) fn make_room(&self) {
        let first = self.guests.lock().unwrap_or_else(PoisonError::into_inner).pop_first();
        if let Some((_, leave)) = first {
            leave.notify_one();
        }
    }

    /// Notes what a connection is doing until the visit is dropped; `leave` tells it to go.
    pub(super) fn visit(&self, doing: Doing, leave: &Arc<Notify>) -> Visit<'_> {
        let key = (doing, self.count.fetch_add(1, Ordering::Relaxed));
        self.guests.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(leave));
        Visit { gate: self, key }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.gate.guests.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// How many files the process may have open, after asking for as many as it may ask for.
fn files() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(SEATS + OTHER_FILES);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        // If it is not granted, there are fewer seats.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
