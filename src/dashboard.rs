//! The dashboard feature: a dashboard file becomes live panels.
//!
//! [`scope`] is what every panel shares: when it asks, for which range, with which variables.
//! `data` turns answers into what each kind of panel shows, without Leptos; `panels` draw it.

mod data;
mod frame;
mod grid;
mod panel_state;
mod panels;
mod scope;
mod selectors;

pub(crate) use grid::DashboardGrid;
pub(crate) use selectors::Selectors;
