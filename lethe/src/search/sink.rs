//! What happens to a hit.

use crate::store::HourFile;

use super::line::Line;
use super::time::{TimeRange, Timestamp};

/// A wanted line.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'l> {
    /// Its time.
    pub time: Timestamp,
    /// Which of the scanned files it is in.
    pub file: usize,
    /// Where in that file it begins.
    pub offset: u64,
    /// The line itself.
    pub line: &'l Line<'l>,
}

/// An end of a time range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The latest times.
    Newest,
    /// The earliest times.
    Oldest,
}

/// Takes hits in any order. Each thread of a scan has a sink of its own, and
/// what they hold together must not depend on which of them took which hit.
pub trait Sink: Send + Sized {
    /// Which lines are best read first, because they may make others useless.
    fn prefers(&self) -> Option<Side> {
        None
    }

    /// Takes off `range` the times that can change nothing any more.
    fn narrow(&self, range: &mut TimeRange) {
        let _ = range;
    }

    /// Learns which files are scanned, before the first hit.
    fn begin(&mut self, files: &[HourFile]) {
        let _ = files;
    }

    /// Takes a hit.
    fn hit(&mut self, hit: &Hit<'_>);

    /// An empty sink of the same kind.
    fn split(&self) -> Self;

    /// Takes all that another sink took.
    fn merge(&mut self, other: Self);
}
