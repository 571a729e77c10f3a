//! Time series and pies, as pure geometry and as drawings on any plotters
//! backend: a canvas in the browser, SVG on the server and in tests.
//!
//! # How a picture comes to be
//!
//! A [`Frame`] holds the samples as columns. [`TimeSeriesPlot::new`] looks at
//! the frame, the [`Surface`] and the options once, and fixes all geometry:
//! plot area, scales, ticks. Drawing, hit testing and the cursor then answer
//! from that geometry. Nothing is kept between two plots, so a refresh makes a
//! new one; hovering does not.
//!
//! # Units
//!
//! Backends of plotters draw at whole coordinates. A [`Surface`] therefore
//! counts in *units*, several to a device pixel: curves are placed to a
//! fraction of a pixel, while grid lines and axes are rectangles snapped to
//! whole device pixels, so they stay crisp at any pixel ratio. Everything a
//! caller says or hears about positions is in CSS pixels.
//!
//! # What it does not do
//!
//! - No animation: nothing moves on refresh.
//! - No stacking and no joining of gaps: a missing sample is seen as missing.
//! - No number formatting: labels of the value axis come from the caller, who
//!   knows the unit.
//! - No events, no elements, no clock, no queries.

pub mod clip;
pub mod color;
pub mod dash;
pub mod frame;
pub mod nearest;
pub mod palette;
mod pen;
pub mod pie;
pub mod raster;
pub mod scale;
pub mod surface;
pub mod theme;
pub mod thin;
pub mod ticks;
pub mod time_series;

pub use color::Color;
pub use frame::{Frame, FrameError, Series};
pub use palette::{Dash, Palette, SeriesStyle, Status};
pub use pen::DrawResult;
pub use pie::{PiePlot, Slice};
pub use raster::{Patch, Raster};
pub use scale::{Scale, ValueLimits};
pub use surface::{Point, Surface};
pub use theme::Theme;
pub use ticks::TickBase;
pub use time_series::{
    Moment, NearestSeries, PlotArea, Threshold, TimeSeriesOptions, TimeSeriesPlot,
};
