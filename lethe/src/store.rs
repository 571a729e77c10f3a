//! The files: where a line belongs, which files a range needs, how a line is
//! added. Nothing here knows the query language or HTTP.

mod layout;
mod writer;

pub use layout::Hour;
pub use writer::{LogWriter, Record, WriteError};
