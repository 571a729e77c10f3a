//! What there is to query: nodes and namespaces.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::SecondsFormat;

use crate::letheql::LogType;
use crate::{Lethe, TargetState};

use super::error::ApiError;
use super::json;

/// A selector for each target: `pod{namespace="default"}`.
pub(super) async fn metadata(State(lethe): State<Arc<Lethe>>) -> Result<Response, ApiError> {
    let targets = lethe.targets().await?;
    let selectors: Vec<String> = targets
        .iter()
        .map(|(log_type, target)| {
            format!(
                "{}{{{}=\"{}\"}}",
                log_type.name(),
                log_type.target_label(),
                target.name
            )
        })
        .collect();
    let mut body = br#"{"data":{"targets":"#.to_vec();
    json::push_strings(&mut body, &selectors);
    body.extend_from_slice(br#"},"status":"success"}"#);
    Ok(json::response(StatusCode::OK, body))
}

/// The targets in the shape of Prometheus' scrape targets.
pub(super) async fn targets(State(lethe): State<Arc<Lethe>>) -> Result<Response, ApiError> {
    let states = lethe.target_states().await?;
    let mut body = br#"{"data":{"activeTargets":["#.to_vec();
    for (number, state) in states.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        push_target(&mut body, state);
    }
    body.extend_from_slice(br#"]},"status":"success"}"#);
    Ok(json::response(StatusCode::OK, body))
}

fn push_target(body: &mut Vec<u8>, state: &TargetState) {
    body.extend_from_slice(match state.log_type {
        LogType::Node => br#"{"discoveredLabels":{"__meta_kubernetes_node_name":"#,
        LogType::Pod => br#"{"discoveredLabels":{"__meta_kubernetes_namespace":"#.as_slice(),
    });
    json::push_string(body, state.name.as_bytes());
    body.extend_from_slice(br#","job":"#);
    json::push_string(body, state.log_type.name().as_bytes());
    body.extend_from_slice(br#"},"health":"up","lastScrape":"#);
    let time = state
        .last_time
        .map(|it| it.to_rfc3339_opts(SecondsFormat::Secs, true));
    json::push_string(body, time.unwrap_or_default().as_bytes());
    body.push(b'}');
}
