//! Silences, which Alertmanagers keep: their list, making one and ending one.
//!
//! The Alertmanagers of a cluster tell each other of silences, separate ones do not. Each says
//! with whom it is in a cluster, so what is to be done is done once in each cluster, by the first
//! of it that can.

mod check;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use venti_alert::config::Alerting;
use venti_model::api::silences::{
    AlertmanagerFailure, AlertmanagerUrl, NewSilence, Silence, SilenceAt, SilenceChange,
    SilenceState, Silences,
};

use super::target::{Outcome, Target, excerpt};

pub(crate) use check::{check, is_id};
pub(super) use wire::WireSilence;
use wire::{Created, Status};

/// The longest list that is read.
const MAX_ANSWER: usize = 16 << 20;

/// The Alertmanagers that are configured.
#[derive(Clone, Debug)]
pub(crate) struct Alertmanagers(Vec<Target>);

/// Why an Alertmanager has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AskError {
    #[error("it does not know of that")]
    NotFound,
    #[error("{0}")]
    Failed(String),
}

/// What is to be done about a silence.
enum Wish {
    /// It is to be as the body says, in place of the one with the id.
    Make { id: Option<String>, body: Bytes },
    /// It is to be over.
    End { id: String },
}

impl Wish {
    /// Does it, and gives the id of the silence.
    async fn fulfil(&self, target: &Target) -> Result<String, AskError> {
        match self {
            Wish::Make { id, body } => {
                if let Some(id) = id {
                    get::<WireSilence>(target, &format!("silence/{id}")).await?;
                }
                let made = ask::<Created>(target, Method::POST, "silences", body.clone()).await?;
                Ok(made.id)
            }
            Wish::End { id } => {
                let path = format!("silence/{id}");
                let silence = get::<WireSilence>(target, &path).await?;
                // One that is over already needs nothing more.
                if silence.status.state != SilenceState::Expired {
                    send(target, Method::DELETE, &path, Bytes::new()).await?;
                }
                Ok(silence.id)
            }
        }
    }
}

impl Alertmanagers {
    /// Those that can be reached as they are configured; a start told of the others.
    pub(crate) fn configured(alerting: &Alerting) -> Self {
        let configs = alerting.alertmanagers.iter();
        let all = configs.flat_map(|it| Target::alertmanagers(&it.value));
        Self(all.filter_map(|(_, target)| target.ok()).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where alerts are sent.
    pub(crate) fn urls(&self) -> Vec<AlertmanagerUrl> {
        let url = |it: &Target| it.below("alerts").url.to_string();
        self.0
            .iter()
            .map(|it| AlertmanagerUrl { url: url(it) })
            .collect()
    }

    /// The silences of all, one that several have once.
    pub(crate) async fn silences(&self) -> Silences {
        let asked = self
            .0
            .iter()
            .map(|it| get::<Vec<WireSilence>>(it, "silences"));
        let mut found: BTreeMap<String, Silence> = BTreeMap::new();
        let mut failures = Vec::new();
        for (target, answer) in self.0.iter().zip(join_all(asked).await) {
            let silences = match answer {
                Ok(silences) => silences,
                Err(error) => {
                    failures.push(failure(target, &error));
                    continue;
                }
            };
            for silence in silences {
                let id = silence.id.clone();
                let known = found.entry(id).or_insert_with(|| silence.into());
                known.alertmanagers.push(shown(target));
            }
        }
        let mut silences: Vec<Silence> = found.into_values().collect();
        silences.sort_by(|a, b| (a.state, &a.ends_at, &a.id).cmp(&(b.state, &b.ends_at, &b.id)));
        Silences { silences, failures }
    }

    /// Makes a silence, or changes the one whose id it has.
    pub(crate) async fn create(&self, silence: &NewSilence) -> SilenceChange {
        let body = serde_json::to_vec(silence).unwrap_or_default();
        let id = silence.id.clone();
        let body = body.into();
        self.in_each_cluster(&Wish::Make { id, body }).await
    }

    /// Ends a silence wherever it is. `id` is a UUID.
    pub(crate) async fn delete(&self, id: &str) -> SilenceChange {
        self.in_each_cluster(&Wish::End { id: id.to_owned() }).await
    }

    /// Fulfils a wish at one Alertmanager of each cluster. Those that do not know what it is
    /// about count neither as done nor as failed.
    async fn in_each_cluster(&self, wish: &Wish) -> SilenceChange {
        let mut change = SilenceChange::default();
        for cluster in self.clusters().await {
            let mut failures = Vec::new();
            for target in cluster {
                match wish.fulfil(target).await {
                    Ok(id) => {
                        let alertmanager = shown(target);
                        change.done.push(SilenceAt { alertmanager, id });
                        failures.clear();
                        break;
                    }
                    Err(AskError::NotFound) => {}
                    Err(error) => failures.push(failure(target, &error)),
                }
            }
            change.failures.extend(failures);
        }
        change
    }

    /// Who is in a cluster with whom. One that does not say is alone.
    async fn clusters(&self) -> Vec<Vec<&Target>> {
        let asked = self.0.iter().map(|it| get::<Status>(it, "status"));
        let mut clusters: Vec<(BTreeSet<String>, Vec<&Target>)> = Vec::new();
        for (target, status) in self.0.iter().zip(join_all(asked).await) {
            let names = status.map(Status::names).unwrap_or_default();
            let known = clusters.iter_mut().find(|(it, _)| !it.is_disjoint(&names));
            match known {
                Some((all, targets)) => {
                    all.extend(names);
                    targets.push(target);
                }
                None => clusters.push((names, vec![target])),
            }
        }
        clusters.into_iter().map(|(_, targets)| targets).collect()
    }
}

fn failure(target: &Target, error: &AskError) -> AlertmanagerFailure {
    AlertmanagerFailure {
        alertmanager: shown(target),
        error: error.to_string(),
    }
}

/// The address of an Alertmanager without the path of its API.
fn shown(target: &Target) -> String {
    let url = target.url.as_str();
    url.trim_end_matches("/api/v2").to_owned()
}

/// What an Alertmanager answers below its API.
pub(super) async fn get<T: DeserializeOwned>(target: &Target, path: &str) -> Result<T, AskError> {
    ask(target, Method::GET, path, Bytes::new()).await
}

async fn ask<T: DeserializeOwned>(
    target: &Target,
    method: Method,
    path: &str,
    body: Bytes,
) -> Result<T, AskError> {
    let text = send(target, method, path, body).await?;
    let unreadable = |it| AskError::Failed(format!("its answer cannot be read: {it}"));
    serde_json::from_str(&text).map_err(unreadable)
}

async fn send(
    target: &Target,
    method: Method,
    path: &str,
    body: Bytes,
) -> Result<String, AskError> {
    let outcome = target
        .below(path)
        .send(method, body, HeaderMap::new(), MAX_ANSWER)
        .await;
    match outcome {
        Outcome::Done(text) => Ok(text),
        Outcome::Later { reason, .. } => Err(AskError::Failed(reason)),
        Outcome::Refused { status, .. } if status == StatusCode::NOT_FOUND => {
            Err(AskError::NotFound)
        }
        Outcome::Refused { status, body } => {
            let answer = excerpt(&body);
            Err(AskError::Failed(format!(
                "answers {}: {answer}",
                status.as_u16()
            )))
        }
    }
}
