//! The files: where a line belongs, which files a range needs, how a line is
//! added, and how hours are packed and read. Nothing here knows the query
//! language or HTTP.

mod append;
mod batch;
mod layout;
mod line;
mod list;
pub(crate) mod packed;
mod read_at;
mod text;
mod usage;
mod writer;

pub(crate) use append::{has_name, open_to_append};
pub use batch::{Batch, HourPath, PlaceError};
pub use layout::Hour;
pub use line::Record;
pub use list::{HourFile, Target, hour_files, own_targets, targets};
pub(crate) use text::Reader;
pub use text::Text;
pub use usage::{Usage, usage};
pub use writer::{Appended, LogWriter, WriteError};
