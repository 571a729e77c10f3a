//! Every URL of the server.

use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::routing::{get, post};
use tower::util::MapRequest;
use venti_model::api;

use crate::App;
use crate::handlers::{auth, dashboards, datasources, fallback, probes, reload, remote, status};
use crate::middleware;
use crate::upstream::Endpoint;

/// The whole server as a service, for [`crate::serve()`] and for tests.
pub fn build_router(app: App) -> Router {
    let api = Router::new()
        .route(api::dashboards::PATH, get(dashboards::list_dashboards))
        .route(api::datasources::PATH, get(datasources::list_datasources))
        .route(
            api::datasources::TARGETS_PATH,
            get(datasources::all_targets),
        )
        .route(api::datasources::TARGETS_OF_PATH, get(datasources::targets))
        .merge(status())
        .merge(remote());
    let router = Router::new()
        .merge(api)
        .merge(admin())
        .route(api::auth::LOGIN, post(auth::login))
        .route(api::auth::LOGOUT, post(auth::logout))
        .route(api::auth::SESSION, get(auth::session))
        .route("/-/healthy", get(probes::healthy))
        .route("/-/ready", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .fallback(fallback::anything_else)
        .method_not_allowed_fallback(fallback::method_not_allowed);
    let routes = middleware::around(router, &app).with_state(app.clone());
    // Around the routes, since it decides which one is taken.
    let below_base_path = move |request| without_base_path(&app, request);
    Router::new().fallback_service(MapRequest::new(routes, below_base_path))
}

/// Takes the base path away where it is there. An ingress may have done so already, and probes
/// know nothing of it.
fn without_base_path(app: &App, mut request: Request) -> Request {
    let base = &app.live().config.settings.base_path;
    let uri = request.uri();
    let Some(path) = base
        .strip(uri.path())
        .filter(|it| it.len() < uri.path().len())
    else {
        return request;
    };
    let rest = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(rest).ok();
    if let Ok(uri) = axum::http::Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

/// What changes the server or sends something, for administrators.
fn admin() -> Router<App> {
    Router::new().route("/-/reload", post(reload::reload))
}

/// What the server tells about itself.
fn status() -> Router<App> {
    use api::status as path;
    Router::new()
        .route(path::CONFIG_PATH, get(status::config_status))
        .route(path::BUILD_INFO_PATH, get(status::build_info))
        .route(path::RUNTIME_INFO_PATH, get(status::runtime_info))
        .route(path::FLAGS_PATH, get(status::flags))
}

/// What datasources are asked, under each prefix.
fn remote() -> Router<App> {
    use api::remote as path;
    let endpoints = [
        (path::QUERY, Endpoint::Query),
        (path::QUERY_RANGE, Endpoint::QueryRange),
        (path::SERIES, Endpoint::Series),
        (path::LABELS, Endpoint::Labels),
        (path::METADATA, Endpoint::Metadata),
        (path::TARGETS, Endpoint::Targets),
        (path::RULES, Endpoint::Rules),
        (path::ALERTS, Endpoint::Alerts),
        (path::FORMAT_QUERY, Endpoint::FormatQuery),
        (path::HEALTHY, Endpoint::Healthy),
        (path::HISTOGRAM, Endpoint::Histogram),
        (path::CONTEXT, Endpoint::Context),
        (path::TAIL, Endpoint::Tail),
    ];
    let [original, short] = path::PREFIXES;
    endpoints
        .into_iter()
        .map(|(path, endpoint)| (path, remote::passed_on(endpoint)))
        .chain([(path::LABEL_VALUES, get(remote::label_values))])
        .fold(Router::new(), |router, (path, method)| {
            router
                .route(path, method.clone())
                .route(&path.replacen(original, short, 1), method)
        })
}
