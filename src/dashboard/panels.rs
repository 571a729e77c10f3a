//! One file for each kind of panel.

mod logs;
mod multitable;
mod pie;
mod stat;
mod table;
mod time_series;

pub(crate) use multitable::MultitablePanel;
pub(crate) use pie::PiePanel;
pub(crate) use stat::StatPanel;
pub(crate) use table::TablePanel;
pub(crate) use time_series::TimeSeriesPanel;

use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use venti_model::unit::FormatOptions;

use self::logs::LogsPanel;
use super::scope::PanelScope;
use crate::api::clock;
use crate::state::zone;
use crate::ui::Loaded;

/// How values are written now and here.
fn value_format() -> FormatOptions {
    FormatOptions {
        decimals: None,
        zone: zone::LOCAL,
        now: Some(clock::server_now()),
    }
}

/// A `logs` panel, loaded when a dashboard has one: it brings the language of logs with it.
#[wasm_split(logs_panel, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn logs_panel() -> Loaded<PanelScope> {
    Ok(|scope| view! { <LogsPanel scope /> }.into_any())
}
