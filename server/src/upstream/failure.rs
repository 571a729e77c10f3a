//! Why a datasource gave no usable answer.

use std::fmt;
use std::time::Duration;

/// A failure and whose it is: `datasource `prometheus` cannot be reached at …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("datasource `{datasource}` {failure}")]
pub struct UpstreamError {
    /// The name of the datasource.
    pub datasource: String,
    /// What it did.
    pub failure: Failure,
}

/// What a datasource did instead of answering. The texts are for whoever looks at a panel, and
/// say where to look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection.
    #[error("cannot be reached at {at}: {reason}")]
    Unreachable {
        /// Scheme, host and port.
        at: String,
        /// The last cause.
        reason: String,
    },
    /// Nothing, or not all, within the time.
    #[error("gave no answer within {0:?} (`queryTimeout` in datasources.yml)")]
    Timeout(Duration),
    /// The connection broke before the answer began.
    #[error("broke off: {0}")]
    BrokenOff(String),
    /// The answer is longer than it may be, in bytes.
    #[error("answers more than {0} bytes (`maxResponseBytes` in datasources.yml): ask for less")]
    TooLarge(u64),
    /// Its secrets or certificates cannot be used.
    #[error("cannot be asked: {0}")]
    Unusable(String),
    /// What was asked makes no sense to it.
    #[error("cannot be asked this: {0}")]
    BadCall(String),
    /// Its answer is not what its API says.
    #[error("answers what is no answer of its type (`type` in datasources.yml): {0}")]
    Damaged(String),
    /// The query does not fit into a URL.
    #[error("cannot take so long a query")]
    TooLong,
    /// It points to another address.
    #[error("answers {status} and points to {to}: put the final address into datasources.yml")]
    Redirect {
        /// The status.
        status: u16,
        /// Where to.
        to: RedirectTarget,
    },
    /// It wants other credentials.
    #[error("answers {0}: check its credentials in datasources.yml")]
    Refused(u16),
    /// It answers something that is no API answer, such as a login page.
    #[error(
        "answers {status} with {content} where JSON was expected: check its `url` in datasources.yml"
    )]
    NotJson {
        /// The status.
        status: u16,
        /// The content type, or that there is none.
        content: String,
    },
}

/// Scheme, host and path of another address, where it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectTarget(pub Option<String>);

impl fmt::Display for RedirectTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("another address"))
    }
}
