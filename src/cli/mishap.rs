//! Mistakes of bpdoc itself. In: work, such as a command; out: what it returns, or, where bpdoc panics, a failure that says so
//! calmly. This file does not know what is done.

use crate::failure::Failure;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// Where the last panic was.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics off the terminal: one that is caught, as those of the engine layout-rs are, is nobody's business, and any
/// other becomes a [`Failure`] in [`caught`].
pub fn keep_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut place) = PLACE.lock() {
            *place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        }
    }));
}

/// Does work; a panic in it is a failure like any other. What it was about to change may be half-made then.
pub fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let place = PLACE.lock().ok().and_then(|mut place| place.take());
        Err(Failure::Bug { what: words(&*panic), place: place.unwrap_or_default() })
    })
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure_with_words_and_a_code() {
        fn fails(written: &'static str, n: usize) -> Result<u8, Failure> {
            if written.is_empty() { panic!("{n}") } else { panic!("one") }
        }
        for (written, what) in [("one", "one"), ("", "2")] {
            let command = || fails(written, 2);
            let failure = caught(command).expect_err("it has failed");
            assert_eq!(failure.exit_code(), 3);
            let message = failure.message();
            assert!(message.en.contains(&format!("a bug in bpdoc: {what}")), "{message:?}");
            assert!(message.ko.contains(&format!("bpdoc의 버그입니다: {what}")), "{message:?}");
        }
        assert_eq!(caught(|| Ok(1)).ok(), Some(1));
    }
}
