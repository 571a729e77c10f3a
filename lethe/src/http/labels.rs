//! Values of labels, for completion and for the tree of targets.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::letheql::{LogQuery, LogType};
use crate::{Lethe, QueryError};

use super::error::ApiError;
use super::json;
use super::params::Params;
use super::range;

/// `match[]`, `start`, `end`: the values that a label has in the lines of a
/// query. Without a query, namespaces and nodes that have files of the range.
pub(super) async fn values(
    State(lethe): State<Arc<Lethe>>,
    Path(label): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let range = range::of(&params, &lethe)?;
    let target_type = LogType::ALL
        .into_iter()
        .find(|it| it.target_label() == label);
    let (values, warnings) = match (params.get("match[]"), target_type) {
        (Some(query), _) => {
            lethe
                .label_values(LogQuery::parse(query)?, range, &label)
                .await?
        }
        (None, Some(log_type)) => {
            let names = lethe.target_names(log_type, range).await?;
            (
                names.into_iter().map(String::into_bytes).collect(),
                Vec::new(),
            )
        }
        (None, None) => return Err(QueryError::NoSelector { label }.into()),
    };
    let mut body = br#"{"data":"#.to_vec();
    json::push_strings(&mut body, &values);
    json::push_success(&mut body, &warnings);
    Ok(json::response(StatusCode::OK, body))
}
