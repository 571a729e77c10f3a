//! What panels of dashboards show, made from answers of datasources: names, colours, units, limits.
//!
//! The page draws it on a canvas, and the server as a picture for messages; both show the same
//! because it is decided here. There is no drawing, no I/O and no clock in it.

pub mod pie;
mod plot_data;
mod samples;
mod slots;
pub mod time_series;

pub use pie::{PieData, PieSlice};
pub use plot_data::{Line, PlotData, PlotOptions, QueryLines, Reading};
pub use samples::samples;
pub use slots::PanelSlots;

use venti_chart::FrameError;

/// Why an answer cannot be shown by a panel.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UnfitAnswer {
    /// A chart over time needs series.
    #[error("the query did not answer samples over time")]
    NotOverTime,
    /// A panel of single values needs one for each series.
    #[error("this panel needs one value for each series, the query answers {0}")]
    NotSingle(&'static str),
    /// Only numbers can be drawn.
    #[error("native histograms cannot be drawn: use histogram_quantile()")]
    Histogram,
    /// Columns that do not fit together.
    #[error("the datasource's answer is damaged: {0}")]
    Damaged(#[from] FrameError),
}
