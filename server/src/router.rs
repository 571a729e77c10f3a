//! Every URL of the server.

use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::routing::{MethodRouter, delete, get, post};
use tower::util::MapRequest;
use venti_model::api;

use crate::App;
use crate::handlers::{
    alerts, auth, dashboards, datasources, fallback, openapi, probes, push, reload, remote, rules,
    silences, status,
};
use crate::middleware;
use crate::upstream::Endpoint;

/// The whole server as a service, for [`crate::serve()`] and for tests.
pub fn build_router(app: App) -> Router {
    let router = routes()
        .into_iter()
        .fold(Router::new(), |router, (path, method)| {
            router.route(&path, method)
        })
        .fallback(fallback::anything_else)
        .method_not_allowed_fallback(fallback::method_not_allowed);
    let routes = middleware::around(router, &app).with_state(app.clone());
    // Around the routes, since it decides which one is taken.
    let below_base_path = move |request| without_base_path(&app, request);
    Router::new().fallback_service(MapRequest::new(routes, below_base_path))
}

/// The paths of all routes, to hold the description of the API against.
pub fn paths() -> Vec<String> {
    routes().into_iter().map(|(path, _)| path).collect()
}

/// Every path with what answers it.
fn routes() -> Vec<(String, MethodRouter<App>)> {
    use api::alerts::{
        ALERTS_PATH, BACKTEST_PATH, COUNT_PATH, HISTORY_PATH, RULES_PATH, TEST_PATH,
    };
    use api::auth::{LOGIN, LOGOUT, SESSION};
    use api::datasources::{TARGETS_OF_PATH, TARGETS_PATH};
    use api::silences::{ALERTMANAGERS_PATH, SILENCE_PATH, SILENCES_PATH};
    use api::status as path;
    let own: [(&str, MethodRouter<App>); 26] = [
        ("/-/healthy", get(probes::healthy)),
        ("/-/ready", get(probes::ready)),
        (path::RELOAD_PATH, post(reload::reload)),
        ("/metrics", get(probes::metrics)),
        (ALERTS_PATH, get(alerts::alerts)),
        (COUNT_PATH, get(alerts::count)),
        (HISTORY_PATH, get(alerts::history)),
        (TEST_PATH, post(alerts::test)),
        (RULES_PATH, get(rules::rules)),
        (BACKTEST_PATH, get(rules::backtest).post(rules::backtest)),
        (SILENCES_PATH, get(silences::list).post(silences::create)),
        (SILENCE_PATH, delete(silences::delete)),
        (ALERTMANAGERS_PATH, get(silences::alertmanagers)),
        (LOGIN, post(auth::login)),
        (LOGOUT, post(auth::logout)),
        (SESSION, get(auth::session)),
        (api::dashboards::PATH, get(dashboards::list_dashboards)),
        (api::datasources::PATH, get(datasources::list_datasources)),
        (TARGETS_PATH, get(datasources::all_targets)),
        (TARGETS_OF_PATH, get(datasources::targets)),
        (path::CONFIG_PATH, get(status::config_status)),
        (path::BUILD_INFO_PATH, get(status::build_info)),
        (path::RUNTIME_INFO_PATH, get(status::runtime_info)),
        (path::FLAGS_PATH, get(status::flags)),
        (api::OPENAPI_PATH, get(openapi::describe)),
        (api::PUSH_PATH, post(push::push)),
    ];
    let own = own.map(|(path, method)| (path.to_owned(), method));
    own.into_iter().chain(remote()).collect()
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

/// What datasources are asked, under each prefix.
fn remote() -> impl Iterator<Item = (String, MethodRouter<App>)> {
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
        .flat_map(move |(path, method)| {
            let short = path.replacen(original, short, 1);
            [(path.to_owned(), method.clone()), (short, method)]
        })
}
