//! Alert rules in the running server: datasources over real sockets, and time that passes when
//! the test says so.

mod lifecycle;
mod logs;
mod restart;
mod support;
