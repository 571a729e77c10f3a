//! The files: where a line belongs, which files a range needs, how a line is
//! added. Nothing here knows the query language or HTTP.

mod layout;
mod list;
mod writer;

pub use layout::Hour;
pub use list::{HourFile, Target, hour_files, targets};
pub use writer::{LogWriter, Record, WriteError};
