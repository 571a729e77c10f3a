//! The one fetch function: abort signal, status to error, bytes.

use gloo_net::http::Request;
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use venti_model::api::{ErrorBody, TIME_HEADER};
use web_sys::AbortController;

use super::clock;
use crate::route::with_params;

/// Why a request brought nothing to show. A request that was cancelled is not among them:
/// nobody waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// The server was not reached.
    #[error("the Venti server cannot be reached: {0}")]
    Network(String),
    /// The server, or a datasource behind it, refused; in its own words.
    #[error("{message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The reason.
        message: String,
    },
    /// The answer is not what was asked for.
    #[error("{0}")]
    Decode(String),
}

impl ApiError {
    /// Whether asking again later may help: yes for a server or datasource in trouble, no for
    /// a question that was wrong.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            ApiError::Network(_) | ApiError::Decode(_) => true,
            ApiError::Refused { status, .. } => *status >= 500,
        }
    }
}

/// The means to abort a browser request. Dropping a future forgets its answer, but the browser
/// would still carry the request out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abort(Option<SendWrapper<AbortController>>);

impl Abort {
    /// A fresh one; the default never aborts.
    pub(crate) fn new() -> Self {
        #[cfg(target_arch = "wasm32")]
        return Self(AbortController::new().ok().map(SendWrapper::new));
        #[cfg(not(target_arch = "wasm32"))]
        Self::default()
    }

    /// Ends the request at once, if it still runs.
    pub(crate) fn abort(&self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Fetches `path` with query parameters and returns the body of a successful answer.
pub(crate) async fn get(
    path: &str,
    params: &[(&str, &str)],
    abort: &Abort,
) -> Result<Vec<u8>, ApiError> {
    // Relative, so that the server may live below a path: see the page's `base` element.
    let url = with_params(
        path.trim_start_matches('/'),
        params
            .iter()
            .copied()
            .filter(|(_, value)| !value.is_empty()),
    );
    let signal = abort.0.as_ref().map(|it| it.signal());
    let network = |error: gloo_net::Error| ApiError::Network(error.to_string());
    let response = Request::get(&url)
        .abort_signal(signal.as_ref())
        .send()
        .await
        .map_err(network)?;
    if let Some(time) = response
        .headers()
        .get(TIME_HEADER)
        .and_then(|it| it.parse().ok())
    {
        clock::set_server_now(time);
    }
    // The server was reached: it is the datasource behind it whose answer ended too early.
    let broken = |error| ApiError::Decode(format!("the answer broke off in its middle: {error}"));
    let body = response.binary().await.map_err(broken)?;
    if response.ok() {
        Ok(body)
    } else {
        Err(refusal(response.status(), &body))
    }
}

/// Fetches JSON of a known shape.
pub(crate) async fn get_json<T: DeserializeOwned>(
    path: &str,
    abort: &Abort,
) -> Result<T, ApiError> {
    let body = get(path, &[], abort).await?;
    serde_json::from_slice(&body).map_err(|error| {
        ApiError::Decode(format!(
            "{path} answered what this page does not understand: {error}"
        ))
    })
}

/// The server's own words where the body holds them, else the status.
fn refusal(status: u16, body: &[u8]) -> ApiError {
    let message = match serde_json::from_slice::<ErrorBody>(body) {
        Ok(ErrorBody { error, .. }) if !error.is_empty() => error,
        _ => format!("the server answered with status {status}"),
    };
    ApiError::Refused { status, message }
}
