//! `GET /api/v1/status/…`: what runs here, since when, and how it was configured.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use venti_model::api::Success;
use venti_model::api::status::{
    BuildInfo, BuildInfoResponse, ConfigStatus, ConfigStatusResponse, FlagsResponse, RuntimeInfo,
    RuntimeInfoResponse,
};

use crate::App;

/// What is wrong with the configuration, and with the evaluation of its rules.
pub(crate) async fn config_status(State(app): State<App>) -> Json<ConfigStatusResponse> {
    let live = app.live();
    let mut faults = live.faults();
    faults.extend(app.alerting().faults());
    Json(Success::new(ConfigStatus {
        last_success: live.last_success,
        faults,
    }))
}

/// What was built. The release sets all but the version in the environment of the compiler.
pub(crate) async fn build_info() -> Json<BuildInfoResponse> {
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    Json(Success::new(BuildInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        revision: text(option_env!("VENTI_REVISION")),
        branch: text(option_env!("VENTI_BRANCH")),
        build_user: text(option_env!("VENTI_BUILD_USER")),
        build_date: text(option_env!("VENTI_BUILD_DATE")),
        go_version: String::new(),
    }))
}

/// How it runs.
pub(crate) async fn runtime_info(State(app): State<App>) -> Json<RuntimeInfoResponse> {
    let live = app.live();
    let runtime = tokio::runtime::Handle::current().metrics();
    let cwd = std::env::current_dir().unwrap_or_default();
    Json(Success::new(RuntimeInfo {
        start_time: rfc3339(app.started()),
        cwd: cwd.to_string_lossy().into_owned(),
        hostname: rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned(),
        server_time: rfc3339(app.now()),
        reload_config_success: !live.config.has_errors(),
        last_config_time: live.last_success.map(rfc3339).unwrap_or_default(),
        corruption_count: 0,
        goroutine_count: runtime.num_alive_tasks(),
        gomaxprocs: runtime.num_workers(),
        gomemlimit: 0,
        gogc: String::new(),
        godebug: String::new(),
        storage_retention: String::new(),
    }))
}

/// With which flags it was started, defaults included.
pub(crate) async fn flags(State(app): State<App>) -> Json<FlagsResponse> {
    let flags: BTreeMap<String, String> = app.flags().clone();
    Json(Success::new(flags))
}

fn rfc3339(unix_seconds: f64) -> String {
    let since = Duration::try_from_secs_f64(unix_seconds).unwrap_or_default();
    let time = DateTime::<Utc>::from(UNIX_EPOCH + since);
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
