//! One file for each user journey.

mod dashboards;
mod home;
