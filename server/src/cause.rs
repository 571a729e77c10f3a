//! What is behind an error of a library.

use std::error::Error;
use std::io;
use std::iter::successors;

/// The error, its cause, the cause of that, and so on.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |it| (**it).source())
}

/// The innermost cause in a few words, which say most: `connection refused`, `invalid peer
/// certificate`. Nothing when the error has no cause but itself.
pub(crate) fn last_cause(error: &(dyn Error + 'static)) -> Option<String> {
    let cause = causes(error).skip(1).last()?;
    Some(match cause.downcast_ref::<io::Error>() {
        // Without the number of the system's error.
        Some(system) if system.raw_os_error().is_some() => system.kind().to_string(),
        _ => cause.to_string(),
    })
}
