//! What the program `lethe` is made of: serving, taking in lines, and printing
//! rows.

mod ingestion;
mod moment;
mod print;
mod question;
mod secrets;
mod serve;
mod shutdown;

pub use ingestion::Ingestion;
pub use moment::Moment;
pub use question::{Printed, Question, step};
pub use serve::{bind, serve};
pub use shutdown::requested;
