//! The one door to the server: abort signal, status to error, bytes.

use std::cell::RefCell;
use std::rc::Rc;

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

thread_local! {
    static ON_UNAUTHORIZED: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// From now on `callback` hears of each request that was refused because it is not known who
/// asks. There is one; who logs in is no concern of those who ask.
pub(crate) fn on_unauthorized(callback: impl Fn() + 'static) {
    ON_UNAUTHORIZED.replace(Some(Rc::new(callback)));
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
    let request = Request::get(&url).abort_signal(signal.as_ref()).build();
    let answer = send(request).await;
    if let Err(ApiError::Refused { status: 401, .. }) = &answer
        && let Some(callback) = ON_UNAUTHORIZED.with_borrow(Clone::clone)
    {
        callback();
    }
    answer
}

/// Posts a form and returns the body of a successful answer. What is asked for happens even when
/// nobody waits for the answer, so there is nothing to abort.
pub(crate) async fn post(path: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, ApiError> {
    let encoded = with_params("", form.iter().copied());
    let encoded = encoded.trim_start_matches('?').to_owned();
    let request = Request::post(path.trim_start_matches('/'))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded);
    send(request).await
}

async fn send(
    request: Result<gloo_net::http::Request, gloo_net::Error>,
) -> Result<Vec<u8>, ApiError> {
    let network = |error: gloo_net::Error| ApiError::Network(error.to_string());
    let response = request.map_err(network)?.send().await.map_err(network)?;
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
