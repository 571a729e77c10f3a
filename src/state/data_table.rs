//! Whether the docked data table is open, in the URL as `table`. Nobody chose: open where the
//! screen is wide enough that the charts keep their room.

use leptos::prelude::*;

use super::view_params::{History, ViewParams};
use crate::hooks::use_media_query;

/// The docked data table.
#[derive(Clone, Copy)]
pub(crate) struct DataTableState {
    is_open: Memo<bool>,
    params: ViewParams,
}

impl DataTableState {
    /// Follows the URL.
    pub(crate) fn new(params: ViewParams) -> Self {
        let is_wide = use_media_query("(min-width: 1500px)");
        let is_open = Memo::new(move |_| match params.get("table").as_deref() {
            Some("on") => true,
            Some("off") => false,
            _ => is_wide.get(),
        });
        Self { is_open, params }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// Whether it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    /// Opens or closes it.
    pub(crate) fn toggle(&self) {
        let value = if self.is_open.get_untracked() {
            "off"
        } else {
            "on"
        };
        self.params
            .set(&[("table", Some(value.to_owned()))], History::Replace);
    }
}
