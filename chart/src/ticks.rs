//! Where an axis has its marks: round values, and round times of the calendar.

mod time;
mod value;

pub use time::{TimeTick, time_ticks};
pub use value::{TickBase, ValueAxis, plain_labels};
