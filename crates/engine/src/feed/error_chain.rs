//! The chain of causes of an error.

use std::error::Error;
use std::io;

/// Returns the errors that caused this one, the nearest first.
pub(super) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| cause_of(*error))
}

/// Returns the cause of an error. `source` of an I/O error skips the error that it wraps, so that one is asked for by
/// `get_ref`.
fn cause_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
