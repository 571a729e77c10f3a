//! Whether each datasource answers, looked at in the background.
//!
//! A datasource of Prometheus' API is asked the smallest query rather than for its health: that
//! goes the way of all queries, through the prefix of its URL and with its credentials, and there
//! are gateways that have no health to tell.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use venti_model::api::datasources::{DatasourceType, Health, HealthState};

use super::Datasource;
use crate::App;
use crate::upstream::{Call, Endpoint};

/// How often each is asked, on average.
const INTERVAL: Duration = Duration::from_secs(15);

/// One that takes longer is not well, however long queries may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What was last found out about a datasource; clones share it.
#[derive(Clone, Debug, Default)]
pub struct HealthRecord(Arc<Mutex<Option<Health>>>);

impl HealthRecord {
    /// Nothing until it was looked at.
    pub fn get(&self) -> Option<Health> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.clone()
    }

    /// Takes down what was found at a time in unix seconds. It is so since it last was otherwise.
    fn set(&self, found: Result<(), String>, now: f64) {
        let (state, reason) = match found {
            Ok(()) => (HealthState::Up, None),
            Err(reason) => (HealthState::Down, Some(reason)),
        };
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = match &*health {
            Some(before) if before.state == state => before.since,
            _ => now,
        };
        *health = Some(Health {
            state,
            reason,
            since,
            checked: now,
        });
    }
}

/// Looks after the datasources of each configuration until dropped.
pub async fn run(app: App) {
    let mut live = app.follow();
    loop {
        let datasources = live.borrow_and_update().datasources.clone();
        // Dropped, and with it its tasks, when the next configuration comes.
        let mut checks = JoinSet::new();
        for datasource in datasources.iter() {
            checks.spawn(look_after(app.clone(), datasource.clone()));
        }
        if live.changed().await.is_err() {
            return;
        }
    }
}

async fn look_after(app: App, datasource: Arc<Datasource>) {
    loop {
        let found = check(&datasource).await;
        datasource.health.set(found, app.now());
        sleep(jittered(INTERVAL)).await;
    }
}

/// A tenth more or less, so that several servers do not ask in step.
pub(super) fn jittered(interval: Duration) -> Duration {
    // Seeded anew each time by the standard library.
    let random = RandomState::new().build_hasher().finish() % 201;
    interval.mul_f64(0.9 + random as f64 / 1000.0)
}

async fn check(datasource: &Datasource) -> Result<(), String> {
    let (endpoint, parameters) = match datasource.info.kind {
        DatasourceType::Prometheus => (
            Endpoint::Query,
            vec![("query".to_owned(), "vector(1)".to_owned())],
        ),
        _ => (Endpoint::Healthy, Vec::new()),
    };
    let call = Call {
        endpoint,
        method: Method::GET,
        parameters,
        accept_encoding: None,
    };
    match timeout(TIMEOUT, datasource.upstream.send(&call)).await {
        Err(_) => Err(format!("gave no answer within {TIMEOUT:?}")),
        Ok(Err(error)) => Err(error.failure.to_string()),
        Ok(Ok(answer)) if answer.status() == StatusCode::OK => Ok(()),
        Ok(Ok(answer)) => Err(format!("answers {}", answer.status().as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_when_it_last_changed() {
        let record = HealthRecord::default();
        assert_eq!(record.get(), None);
        let mut seen = Vec::new();
        for (found, now) in [
            (Ok(()), 1.0),
            (Ok(()), 2.0),
            (Err("refused"), 3.0),
            (Err("reset"), 4.0),
            (Ok(()), 5.0),
        ] {
            record.set(found.map_err(str::to_owned), now);
            let health = record.get().unwrap();
            assert_eq!(health.checked, now);
            seen.push((health.state, health.reason, health.since));
        }
        let down = |reason: &str| (HealthState::Down, Some(reason.to_owned()), 3.0);
        assert_eq!(
            seen,
            [
                (HealthState::Up, None, 1.0),
                (HealthState::Up, None, 1.0),
                down("refused"),
                down("reset"),
                (HealthState::Up, None, 5.0),
            ]
        );
    }

    #[test]
    fn jitter_stays_near() {
        for _ in 0..100 {
            let it = jittered(Duration::from_secs(10)).as_secs_f64();
            assert!((9.0..=11.0).contains(&it), "{it}");
        }
    }
}
