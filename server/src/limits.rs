//! What the system lets this process have.

/// Raises the number of files and connections that may be open to the most that is allowed: the
/// usual limit of 1024 is for programs that use `select`.
#[cfg(unix)]
pub fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "cannot raise the limit of open files");
    }
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub fn raise_open_files() {}
