//! What surrounds every page: the side bar, the bar above with time and refresh, and the login
//! that stands before all of them.

mod chart_page;
mod fault_list;
mod login_form;
mod page_head;
mod refresh_picker;
mod side_bar;
mod theme_picker;
mod time_range_picker;
mod tool_bar;
mod user_menu;

pub(crate) use chart_page::ChartPage;
pub(crate) use fault_list::FaultList;
pub(crate) use login_form::LoginForm;
pub(crate) use page_head::PageHead;
pub(crate) use side_bar::SideBar;
