//! What the program `lethe` is made of: serving, and printing rows.

mod moment;
mod print;
mod serve;
mod shutdown;

pub use moment::Moment;
pub use print::print;
pub use serve::{bind, serve};
pub use shutdown::requested;
