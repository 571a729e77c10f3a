//! Draws charts on a recording backend and looks at what was drawn.

mod pie;
mod recorder;
mod svg;
mod time_series;
