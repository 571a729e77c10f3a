//! Alert rules and their alerts.

use venti_model::api::alerts::{
    AlertCount, AlertCountResponse, COUNT_PATH, RULES_PATH, RuleGroups, RulesResponse, TEST_PATH,
};

use super::http::{self, Abort, ApiError};

/// All rules, with the alerts that are pending or firing.
pub(crate) async fn rules(abort: Abort) -> Result<RuleGroups, ApiError> {
    let answer: RulesResponse = http::get_json(RULES_PATH, &abort).await?;
    Ok(answer.data)
}

/// How many alerts are pending or firing.
pub(crate) async fn count(abort: Abort) -> Result<AlertCount, ApiError> {
    let answer: AlertCountResponse = http::get_json(COUNT_PATH, &abort).await?;
    Ok(answer.data)
}

/// Sends an alert that is no alert to every receiver; only an admin may.
pub(crate) async fn send_test() -> Result<(), ApiError> {
    http::post(TEST_PATH, &[]).await.map(|_| ())
}
