//! The integration tests of the server.
