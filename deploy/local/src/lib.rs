//! The real stack on this machine: Prometheus, node-exporter and venti-server
//! on loopback, with the logs of these very processes in Lethe's files.
//!
//! `make run` and the browser tests start the stack through the same [`Stack`],
//! so what the tests check is what a newcomer sees. In reading order:
//!
//! - [`stack`]: what is started, in which order, with which settings
//! - [`settings`]: the files that Prometheus and venti-server are started with
//! - [`child`]: one process, from its start to the end of its process group
//! - [`logs`]: lines of processes and of the journal become rows of hour files
//! - [`find`], [`port`], [`ready`]: which program, on which port, since when
//!
//! Everything here blocks. Waiting for processes is what this crate does, and
//! a blocking call works from `main` as well as from any test runtime.

pub mod child;
pub mod find;
pub mod logs;
pub mod port;
pub mod ready;
pub mod settings;
pub mod stack;

pub use child::{Child, Program};
pub use stack::{Part, Ports, Running, Stack, StartError};
