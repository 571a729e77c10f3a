//! A bound listener, an app and a reason to stop: the same for production and tests.

mod connection;
pub(crate) mod tls;

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::App;
use crate::router::build_router;

/// How long requests under way may take to end after the stop was asked for. Kubernetes kills
/// after 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

/// Connections beyond these wait until one ends: each costs a file descriptor.
const MAX_CONNECTIONS: usize = 8192;

/// Serves until `shutdown` resolves, then lets the requests under way end, for ten seconds.
/// Streams that have no end of their own are ended at once.
pub async fn serve(
    mut listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = build_router(app.clone());
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut upkeep = pin!(app.metrics().fold_regularly());
    loop {
        let accepted = async {
            let place = free.clone().acquire_owned().await;
            // Unlike the listener's own, it waits when no file descriptor is left.
            (Listener::accept(&mut listener).await, place)
        };
        let ((stream, peer), place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut shutdown => break,
            () = &mut upkeep => break,
        };
        // Those that ended are forgotten here, so that they do not pile up.
        while connections.try_join_next().is_some() {}
        let (router, app) = (router.clone(), app.clone());
        connections.spawn(async move {
            app.metrics().connected();
            connection::serve(stream, peer, router, &app).await;
            app.metrics().disconnected();
            drop(place);
        });
    }
    drop(listener);
    tracing::info!("stopping");
    app.stop();
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(DRAIN, ended).await.is_err() {
        tracing::warn!("requests were still under way after {DRAIN:?} and are cut off");
    }
    Ok(())
}
