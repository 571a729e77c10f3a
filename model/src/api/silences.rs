//! `/api/v1/silences`: who is not told of which alerts for a while. Alertmanagers keep them.

use serde::{Deserialize, Serialize};

use super::Success;

/// The path of all silences; an admin posts a [`NewSilence`] there.
pub const SILENCES_PATH: &str = "/api/v1/silences";

/// The path of one silence, which an admin deletes.
pub const SILENCE_PATH: &str = "/api/v1/silences/{id}";

/// The path of the Alertmanagers that alerts are sent to, as in Prometheus.
pub const ALERTMANAGERS_PATH: &str = "/api/v1/alertmanagers";

/// The answer to `SILENCES_PATH`.
pub type SilencesResponse = Success<Silences>;

/// The answer to what changes silences.
pub type SilenceChangeResponse = Success<SilenceChange>;

/// The answer to `ALERTMANAGERS_PATH`.
pub type AlertmanagersResponse = Success<Alertmanagers>;

/// The silences of all Alertmanagers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silences {
    /// Those that hold, then those that will, then those that are over; each by its end.
    pub silences: Vec<Silence>,
    /// Alertmanagers that did not answer.
    pub failures: Vec<AlertmanagerFailure>,
}

/// What was done about a silence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceChange {
    /// Where it was done: one Alertmanager of each cluster, which tells the others.
    pub done: Vec<SilenceAt>,
    /// Where it could not be.
    pub failures: Vec<AlertmanagerFailure>,
}

/// A silence in an Alertmanager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceAt {
    /// The Alertmanager's URL.
    pub alertmanager: String,
    /// The silence's id there.
    pub id: String,
}

/// An Alertmanager that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertmanagerFailure {
    /// Its URL.
    pub alertmanager: String,
    /// Why.
    pub error: String,
}

/// A silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Its id.
    pub id: String,
    /// Whether it holds.
    pub state: SilenceState,
    /// All of them have to match an alert.
    pub matchers: Vec<SilenceMatcher>,
    /// RFC 3339.
    pub starts_at: String,
    /// RFC 3339.
    pub ends_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Who wanted it.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// The URLs of the Alertmanagers that have it.
    pub alertmanagers: Vec<String>,
}

/// Where a silence is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SilenceState {
    Active,
    Pending,
    Expired,
}

/// A condition on one label, as Alertmanager writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SilenceMatcher {
    /// The label.
    pub name: String,
    /// A text, or an expression that has to match the whole value. A missing label is the empty
    /// text.
    pub value: String,
    /// Whether `value` is an expression.
    #[serde(default)]
    pub is_regex: bool,
    /// Whether it has to match, rather than must not.
    #[serde(default = "yes")]
    pub is_equal: bool,
}

fn yes() -> bool {
    true
}

/// A silence to be made, or to be changed where it has an `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSilence {
    /// The silence that this one replaces, if any. It exists in the Alertmanagers that have this
    /// id only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// All of them have to match an alert; at least one.
    pub matchers: Vec<SilenceMatcher>,
    /// RFC 3339; absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// RFC 3339.
    pub ends_at: String,
    /// Who wants it; absent: who is logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Why.
    pub comment: String,
}

/// The Alertmanagers that alerts are sent to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alertmanagers {
    /// Those that are reached as they are configured.
    pub active_alertmanagers: Vec<AlertmanagerUrl>,
    /// Always empty: there is no discovery that could drop one.
    pub dropped_alertmanagers: Vec<AlertmanagerUrl>,
}

/// Where an Alertmanager takes alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertmanagerUrl {
    /// Without credentials.
    pub url: String,
}
