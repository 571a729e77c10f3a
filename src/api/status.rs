//! The state of the server and of its configuration.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use venti_model::api::Success;
use venti_model::api::status::{
    BUILD_INFO_PATH, BuildInfo, CONFIG_PATH, ConfigStatus, FLAGS_PATH, RELOAD_PATH,
    RUNTIME_INFO_PATH, RuntimeInfo,
};

use super::http::{self, Abort, ApiError};

/// What is wrong with the configuration files.
pub(crate) async fn config(abort: Abort) -> Result<ConfigStatus, ApiError> {
    data(CONFIG_PATH, &abort).await
}

/// What was built.
pub(crate) async fn build_info(abort: &Abort) -> Result<BuildInfo, ApiError> {
    data(BUILD_INFO_PATH, abort).await
}

/// How it runs.
pub(crate) async fn runtime_info(abort: &Abort) -> Result<RuntimeInfo, ApiError> {
    data(RUNTIME_INFO_PATH, abort).await
}

/// With which flags it was started.
pub(crate) async fn flags(abort: &Abort) -> Result<BTreeMap<String, String>, ApiError> {
    data(FLAGS_PATH, abort).await
}

/// Has the configuration files read again; status 422 when there are faults in them.
pub(crate) async fn reload() -> Result<(), ApiError> {
    http::post(RELOAD_PATH, &[]).await.map(|_| ())
}

async fn data<T: DeserializeOwned>(path: &str, abort: &Abort) -> Result<T, ApiError> {
    http::get_json(path, abort)
        .await
        .map(|it: Success<T>| it.data)
}
