//! What the page asked, so that the oracle can be asked just the same.

use serde::Deserialize;

/// Notes requests in the page; see [`crate::Browser::requests`].
pub(crate) const RECORDER: &str = include_str!("requests.js");

/// A request of the page, since the page was loaded.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Request {
    /// `GET`, or what else it was sent with.
    pub method: String,
    /// The path of its URL.
    pub path: String,
    /// The parameters of its URL, decoded, in their order.
    pub params: Vec<(String, String)>,
    /// How it fares.
    pub state: RequestState,
}

/// How a request fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestState {
    /// No answer yet.
    Open,
    /// With success.
    Answered,
    /// With a status that is an error.
    Refused,
    /// Aborted by the page, or the connection broke.
    Broken,
}

impl Request {
    /// A parameter, if it was given.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter that is a number, such as `start`, `end`, `step` and `time`.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.param(name)?.parse().ok()
    }

    /// Whether it asks for values over time.
    pub fn is_range(&self) -> bool {
        self.path.ends_with("/query_range")
    }

    /// Whether nobody has answered yet.
    pub fn is_open(&self) -> bool {
        self.state == RequestState::Open
    }
}
