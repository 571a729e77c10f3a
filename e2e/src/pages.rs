//! Page objects: one for each page, with what a user can do and read there.
//! Elements are found as a user finds them, by role and label.
