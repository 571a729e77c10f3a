//! YAML files read strictly: a typed value, or a fault that says where it is and what to do.
//!
//! [`Source`] is a file's name and text. It reads types that describe the whole file, or a
//! [`Node`] tree where a file is judged piece by piece, so that one bad piece does not spoil
//! the rest. Excerpts of faults hide what looks like a secret.

mod duration;
mod excerpt;
mod node;
mod source;

pub use duration::FileDuration;
pub use node::{Entry, Node, Value};
pub use source::{Source, place, unknown};
