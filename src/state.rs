//! What the view is made of: one small `Copy` struct of private signals for each concern, found
//! by its type through the context and changed by methods only.
//!
//! Whatever a shared link must show again lives in the URL, see [`view_params`].

pub(crate) mod alert_count;
pub(crate) mod catalog;
pub(crate) mod data_table;
pub(crate) mod refresh;
pub(crate) mod selection;
pub(crate) mod session;
pub(crate) mod theme;
pub(crate) mod time_range;
pub(crate) mod view_params;
pub(crate) mod zone;

pub(crate) use alert_count::AlertCountState;
pub(crate) use catalog::CatalogState;
pub(crate) use data_table::DataTableState;
pub(crate) use refresh::RefreshState;
pub(crate) use selection::SelectionState;
pub(crate) use session::SessionState;
pub(crate) use theme::ThemeState;
pub(crate) use time_range::TimeRangeState;
pub(crate) use view_params::ViewParams;
