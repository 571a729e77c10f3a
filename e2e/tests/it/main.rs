//! One file for each user journey.

mod home;
