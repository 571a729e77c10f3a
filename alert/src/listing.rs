//! Rules and alerts as the API shows them.

use std::time::Duration;

use venti_model::api::alerts as api;
use venti_model::api::datasources::DatasourceType;
use venti_model::labels::Labels;

use crate::engine::{ActiveAlert, AlertState, Context, Health, RuleState};
use crate::expression::Language;
use crate::rule::{AlertRule, RecordingRule};
use crate::template::{NeedsQuery, Text};
use crate::time::Timestamp;

/// How Go prints the moment that is none.
pub const NEVER: &str = "0001-01-01T00:00:00Z";

/// Why a recording rule has no health.
pub const NOT_EVALUATED: &str =
    "not evaluated here (recording rule): load it into the Prometheus that stores the series";

/// When and how long the last evaluation of a rule was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// When it began.
    pub at: Option<Timestamp>,
    /// How long it took.
    pub took: Duration,
}

/// A rule with the alerts that it has on each datasource.
pub fn alerting_rule(
    rule: &AlertRule,
    instances: &[(Context<'_>, &RuleState)],
    timing: Timing,
) -> Result<api::AlertingRule, NeedsQuery> {
    let mut alerts = Vec::new();
    for (context, state) in instances {
        for (_, active) in state.alerts() {
            alerts.extend(alert(rule, context, active)?);
        }
    }
    let healths = || instances.iter().map(|(_, state)| state.health());
    let failure = healths().find_map(|it| match it {
        Health::Err(reason) => Some(reason.clone()),
        _ => None,
    });
    let health = match &failure {
        Some(_) => api::RuleHealth::Err,
        None if healths().any(|it| *it == Health::Ok) => api::RuleHealth::Ok,
        None => api::RuleHealth::Unknown,
    };
    let worst = alerts.iter().map(|it| it.state).max();
    Ok(api::AlertingRule {
        state: worst.unwrap_or(match health {
            api::RuleHealth::Unknown => api::AlertState::Unknown,
            _ => api::AlertState::Inactive,
        }),
        name: rule.name.clone(),
        query: rule.expression.printed.clone(),
        datasource_type: match rule.expression.language {
            Language::PromQl => DatasourceType::Prometheus,
            Language::LetheQl => DatasourceType::Lethe,
            Language::LogsQl => DatasourceType::VictoriaLogs,
        },
        duration: rule.hold.as_secs_f64(),
        keep_firing_for: rule.keep_firing_for.as_secs_f64(),
        labels: as_written(&rule.labels),
        annotations: as_written(&rule.annotations),
        alerts,
        health,
        last_error: failure,
        evaluation_time: timing.took.as_secs_f64(),
        last_evaluation: timing
            .at
            .map_or_else(|| NEVER.to_owned(), Timestamp::to_rfc3339),
    })
}

/// A rule that computes a series.
pub fn recording_rule(rule: &RecordingRule) -> api::RecordingRule {
    api::RecordingRule {
        name: rule.name.clone(),
        query: rule.expression.clone(),
        labels: rule
            .labels
            .iter()
            .map(|(name, value)| (name, value))
            .collect(),
        health: api::RuleHealth::Unknown,
        last_error: Some(NOT_EVALUATED.to_owned()),
        evaluation_time: 0.0,
        last_evaluation: NEVER.to_owned(),
    }
}

/// An alert; `None` for one that has ended.
pub fn alert(
    rule: &AlertRule,
    context: &Context<'_>,
    active: &ActiveAlert,
) -> Result<Option<api::Alert>, NeedsQuery> {
    let state = match active.state {
        AlertState::Inactive => return Ok(None),
        AlertState::Pending => api::AlertState::Pending,
        AlertState::Firing => api::AlertState::Firing,
    };
    Ok(Some(api::Alert {
        labels: active.labels.clone(),
        annotations: context.annotations(rule, active)?,
        state,
        active_at: active.active_at.to_rfc3339(),
        keep_firing_since: active.keep_firing_since.map(Timestamp::to_rfc3339),
        value: api::exponent_form(active.value),
    }))
}

fn as_written(texts: &[(String, Text)]) -> Labels {
    texts
        .iter()
        .map(|(name, text)| (name, text.source()))
        .collect()
}
