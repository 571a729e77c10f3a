//! What Alertmanager's API v2 says about silences, as far as it is used.

use std::collections::BTreeSet;

use serde::Deserialize;
use venti_model::api::silences::{Silence, SilenceMatcher, SilenceState};

/// A silence.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireSilence {
    pub(super) id: String,
    pub(crate) status: WireState,
    pub(crate) matchers: Vec<SilenceMatcher>,
    starts_at: String,
    ends_at: String,
    updated_at: String,
    created_by: String,
    comment: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct WireState {
    pub(crate) state: SilenceState,
}

impl From<WireSilence> for Silence {
    fn from(it: WireSilence) -> Self {
        Self {
            id: it.id,
            state: it.status.state,
            matchers: it.matchers,
            starts_at: it.starts_at,
            ends_at: it.ends_at,
            updated_at: it.updated_at,
            created_by: it.created_by,
            comment: it.comment,
            alertmanagers: Vec::new(),
        }
    }
}

/// The answer to a new silence.
#[derive(Debug, Deserialize)]
pub(super) struct Created {
    #[serde(rename = "silenceID")]
    pub(super) id: String,
}

/// What an Alertmanager says about itself.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    cluster: Cluster,
}

#[derive(Debug, Deserialize)]
struct Cluster {
    name: Option<String>,
    peers: Option<Vec<Peer>>,
}

#[derive(Debug, Deserialize)]
struct Peer {
    name: String,
}

impl Status {
    /// The names of all members of its cluster; none where it is in none.
    pub(super) fn names(self) -> BTreeSet<String> {
        let peers = self.cluster.peers.unwrap_or_default().into_iter();
        let peers = peers.map(|it| it.name);
        peers
            .chain(self.cluster.name)
            .filter(|it| !it.is_empty())
            .collect()
    }
}
