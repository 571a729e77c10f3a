//! The chart crate on the page: canvases, pointer, keyboard cursor, legend, docked data table.
//!
//! Features convert their answers to a [`PlotData`] first; nothing here loads data or knows
//! the app's state.

mod canvas;
mod cursor;
mod data_table;
mod donut;
mod legend;
mod series_slots;
mod time_series;

pub(crate) use cursor::PlotCursor;
pub(crate) use data_table::DataTable;
pub(crate) use donut::Donut;
pub(crate) use legend::Legend;
pub(crate) use series_slots::SeriesSlots;
pub(crate) use time_series::TimeSeriesChart;
pub(crate) use venti_panel::{PieData, PlotData, PlotOptions, QueryLines};
