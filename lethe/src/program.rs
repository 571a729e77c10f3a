//! What the program `lethe` is made of besides the library: serving, and
//! printing rows.

mod moment;
mod print;
mod question;
mod serve;
mod shutdown;

pub use moment::Moment;
pub use question::{Printed, Question, step};
pub use serve::serve;
pub use shutdown::requested;
