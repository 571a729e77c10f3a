//! What happens around every request, in one place for its order.
//!
//! From the outside in: the request gets its id; it is observed (logged and counted) with the
//! status that is really sent; streams without an end get one when the server stops; a panic
//! below becomes an answer; headers are added to whatever comes out; answers are compressed that
//! are not already; and innermost, it is decided who may enter.

mod guard;
mod headers;
mod observe;
mod panic;
mod request_id;
mod streams;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::{from_fn, from_fn_with_state};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use venti_model::api::CACHE_HEADER;

use crate::App;

pub(crate) use guard::Admin;
pub(crate) use headers::header_of_time;

/// Longer forms than any query need not be read.
const MAX_FORM_BYTES: usize = 1 << 20;

/// What datasources answer is compressed where it is shared, once for all who read it.
fn is_our_own(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(CACHE_HEADER)
}

/// Puts everything around the routes.
pub(crate) fn around(router: Router<App>, app: &App) -> Router<App> {
    // The lowest level: it takes a tenth of the time of the usual one for most of the gain, and
    // answers are compressed while a browser waits.
    let compression = CompressionLayer::new()
        .no_br()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(is_our_own));
    // As one layer: added one by one, each would box the routes anew, and a request clones them all.
    let layers = ServiceBuilder::new()
        .layer(from_fn(request_id::name))
        .layer(from_fn_with_state(app.clone(), observe::observe))
        .layer(from_fn_with_state(app.clone(), streams::end_at_stop))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn_with_state(app.clone(), headers::add))
        .layer(compression)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(from_fn_with_state(app.clone(), guard::guard));
    router.layer(layers)
}
