//! Every URL of the server.

use axum::Router;
use axum::routing::get;
use venti_model::api;

use crate::App;
use crate::handlers::{dashboards, datasources, fallback, probes, remote, status};
use crate::middleware;
use crate::upstream::Endpoint;

/// The whole server as a service, for [`crate::serve()`] and for tests.
pub fn build_router(app: App) -> Router {
    let api = Router::new()
        .route(api::dashboards::PATH, get(dashboards::list_dashboards))
        .route(api::datasources::PATH, get(datasources::list_datasources))
        .route(api::status::CONFIG_PATH, get(status::config_status))
        .merge(remote());
    let router = Router::new()
        .merge(api)
        .route("/-/healthy", get(probes::healthy))
        .route("/-/ready", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .fallback(fallback::anything_else)
        .method_not_allowed_fallback(fallback::method_not_allowed);
    middleware::around(router, &app).with_state(app)
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
