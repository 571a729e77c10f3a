//! Every URL of the server.

use axum::Router;
use axum::routing::{MethodRouter, get};
use venti_model::api;

use crate::App;
use crate::handlers::{dashboards, datasources, fallback, probes, remote, status};
use crate::middleware;

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

/// The four endpoints of a datasource, under each prefix.
fn remote() -> Router<App> {
    let endpoints: [(&str, MethodRouter<App>); 4] = [
        ("/query", get(remote::query).post(remote::query)),
        (
            "/query_range",
            get(remote::query_range).post(remote::query_range),
        ),
        ("/metadata", get(remote::metadata)),
        ("/healthy", get(remote::healthy)),
    ];
    api::remote::PREFIXES
        .iter()
        .flat_map(|prefix| {
            endpoints
                .clone()
                .map(|(path, method)| (format!("{prefix}{path}"), method))
        })
        .fold(Router::new(), |router, (path, method)| {
            router.route(&path, method)
        })
}
