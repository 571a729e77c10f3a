//! What surrounds every page: the side bar, and the tool bar with time and refresh.

mod fault_list;
mod page_head;
mod refresh_picker;
mod side_bar;
mod theme_picker;
mod time_range_picker;
mod tool_bar;
mod user_menu;

pub(crate) use fault_list::FaultList;
pub(crate) use page_head::PageHead;
pub(crate) use side_bar::SideBar;
pub(crate) use tool_bar::ToolBar;
