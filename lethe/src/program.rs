//! What the program `lethe` is made of: serving, rotating, and printing rows.

mod moment;
mod print;
mod rotation;
mod serve;
mod shutdown;

pub use moment::Moment;
pub use print::print;
pub use rotation::rotate_regularly;
pub use serve::{bind, serve};
pub use shutdown::requested;
