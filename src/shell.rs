//! What surrounds every page: the side bar, and the tool bar with time and refresh.

mod refresh_picker;
mod side_bar;
mod theme_picker;
mod time_range_picker;
mod tool_bar;

pub(crate) use side_bar::SideBar;
pub(crate) use tool_bar::ToolBar;
