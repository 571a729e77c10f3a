//! Alert rules in the running server: datasources over real sockets, and time that passes when
//! the test says so.

mod clock;
mod config;
mod crash;
mod faults;
mod full_disk;
mod lifecycle;
mod logs;
mod outside;
mod placement;
mod program;
mod reload;
mod restart;
mod support;
mod warm;
