//! The parts of the Logs page.

mod completion;
mod context;
mod details;
mod json;
mod letheql;
mod lines_panel;
mod offers;
mod target_tree;
mod targets;
mod volume;

pub(super) use letheql::{is_counting, read};
pub(super) use lines_panel::LinesPanel;
pub(super) use offers::use_offers;
pub(super) use target_tree::TargetTree;
pub(super) use volume::Volume;
