//! The state of the server's configuration.

use venti_model::api::status::{CONFIG_PATH, ConfigStatus, ConfigStatusResponse};

use super::http::{self, Abort, ApiError};

/// What is wrong with the configuration files.
pub(crate) async fn config(abort: Abort) -> Result<ConfigStatus, ApiError> {
    let answer: ConfigStatusResponse = http::get_json(CONFIG_PATH, &abort).await?;
    Ok(answer.data)
}
