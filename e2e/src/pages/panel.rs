//! What a panel of a dashboard shows.

use serde::Deserialize;

pub(super) const READ: &str = include_str!("panel.js");

/// A panel as a user sees it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Panel {
    /// Its heading.
    pub title: String,
    /// Its type, as dashboard files spell it.
    pub kind: String,
    /// `loading`, `ready`, `empty`, `stale` or `failed`; nothing where it has no state.
    pub state: Option<String>,
    /// Whether it asks for something right now.
    pub busy: bool,
    /// What stands in place of a picture.
    pub notice: Option<String>,
    /// What stands beside the heading.
    pub badge: Option<String>,
    /// Number, unit and caption of each value of a stat panel.
    pub stats: Vec<(String, String, Option<String>)>,
    /// Name, value and share of each slice.
    pub slices: Vec<(String, String, String)>,
    /// The names below a chart.
    pub legend: Vec<String>,
    /// Header cells of a table.
    pub headers: Vec<String>,
    /// Cells of a table.
    pub rows: Vec<Vec<String>>,
    /// Lines of a log panel, oldest first.
    pub lines: Vec<LogLine>,
}

/// One line of a log panel.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LogLine {
    /// Its time as it stands in the file.
    pub time: String,
    /// Where it comes from.
    pub labels: Vec<String>,
    /// What was written.
    pub text: String,
}

impl Panel {
    /// Whether it is in `state`, and asks for nothing.
    pub fn rests_as(&self, state: &str) -> bool {
        !self.busy && self.state.as_deref() == Some(state)
    }
}
