//! Alert rules in the running server: datasources over real sockets, and time that passes when
//! the test says so.

mod crash;
mod lifecycle;
mod logs;
mod reload;
mod restart;
mod support;
