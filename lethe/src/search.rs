//! Search: the files of a time range in, the wanted lines out.
//!
//! Five parts that know little of each other, as in ripgrep. [`pieces`] turns
//! files into lines and [`lines`] lines into their parts; [`filter`] says
//! whether a line is wanted; a [`Sink`] decides what happens to a hit; a
//! [`Scan`] drives. None of them knows HTTP.
//!
//! **Threads.** A scan cuts files into parts, which its threads take from one
//! queue, each into a sink of its own. Sinks are merged at the end, and hold
//! the same whoever read what.
//!
//! **Order.** Fluent Bit appends lines as they arrive, so a file is only
//! roughly in the order of its times: an outage puts an hour of lines behind
//! newer ones. Nothing here relies on order. [`TimeIndex`] remembers of each
//! stretch of a file its oldest and its newest time, and a stretch is left out
//! only when these say that nothing in it can be wanted. Answers are in time
//! order, lines of equal time in the order of their files and places.
//!
//! **Bytes first.** A query that needs a text or a match looks for it in the
//! raw bytes, and only lines that contain it are taken apart. Malformed lines
//! are therefore counted among the lines that were looked at, not among all.
//!
//! **Bounds.** Files are read in pieces; a line of more than
//! [`pieces::MAX_LINE`] bytes is cut; kept rows are bounded in number and in
//! bytes, series in points, each for every thread; deadline and cancellation
//! are looked at between pieces.
//!
//! **Places.** A [`Cursor`] names a line by time, file and offset, and stays
//! good while files come and go: pages begin and end there, and so does the
//! context of a line. [`Follow`] goes by offsets alone, since new lines may
//! carry old times.

mod cancel;
mod condition;
mod count;
mod cursor;
pub mod filter;
mod follow;
mod index;
mod instants;
mod json;
mod last;
mod line;
pub mod lines;
mod logfmt;
pub mod pieces;
mod prefilter;
mod report;
mod row;
mod rows;
mod scan;
mod sink;
mod span;
mod time;
mod windows;

pub use crate::level::Level;
pub use cancel::{Cancel, Interrupted};
pub use count::{Histogram, LabelValues};
pub use cursor::{Cursor, NoCursor};
pub use follow::Follow;
pub(crate) use index::IndexError;
pub use index::TimeIndex;
pub use instants::Instants;
pub use last::last_time;
pub use line::Line;
pub use report::{Fault, Report};
pub use row::Row;
pub use rows::{Anchor, Kept, Rows};
pub use scan::Scan;
pub use sink::{Hit, Side, Sink};
pub(crate) use span::times;
pub use time::{TimeRange, Timestamp};
pub use windows::{Counted, WindowCounts};
