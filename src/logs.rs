//! Log lines on the page, for whoever has some: what of a message matched its query, lines that
//! keep their place while answers come in, and a list that is as fast with fifty thousand.
//!
//! Nothing here loads data or knows the app's state.

mod clean;
mod line;
mod lines;
mod list;
mod marks;
mod regexp;
mod row;
mod tame;

pub(crate) use clean::clean;
pub(crate) use line::LogLine;
pub(crate) use lines::{LogLines, MOST_LINES, Page};
pub(crate) use list::LogList;
pub(crate) use marks::Marks;
pub(crate) use row::LogRowView;
