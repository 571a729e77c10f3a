//! Widgets without domain words.

mod dropdown;
mod error_card;
mod icon;
mod later;
mod sort_table;
mod virtual_list;
mod while_near;

pub(crate) use dropdown::Dropdown;
pub(crate) use error_card::ErrorCard;
pub(crate) use icon::Icon;
pub(crate) use later::{Later, Loaded};
pub(crate) use sort_table::{SortCell, SortTable};
pub(crate) use virtual_list::VirtualList;
pub(crate) use while_near::WhileNear;
