//! One file for each kind of panel.

mod logs;
mod multitable;
mod pie;
mod stat;
mod table;
mod time_series;

pub(crate) use logs::LogsPanel;
pub(crate) use multitable::MultitablePanel;
pub(crate) use pie::PiePanel;
pub(crate) use stat::StatPanel;
pub(crate) use table::TablePanel;
pub(crate) use time_series::TimeSeriesPanel;

use venti_model::unit::FormatOptions;

use crate::api::clock;
use crate::state::zone;

/// How values are written now and here.
fn value_format() -> FormatOptions {
    FormatOptions {
        decimals: None,
        zone: zone::LOCAL,
        now: Some(clock::server_now()),
    }
}
