//! A bound listener, an app and a reason to stop: the same for production and tests.

use std::future::{Future, IntoFuture};
use std::io;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::App;
use crate::router::build_router;

/// How long requests under way may take to end after the stop was asked for. Kubernetes kills
/// after 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until `shutdown` resolves, then lets the requests under way end, for ten seconds.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stop_asked) = oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        tracing::info!("stopping");
        // Nobody listens any more only when serving has already ended.
        let _ = stopping.send(());
    };
    // Answers are small and written in few pieces: waiting to fill packets only delays them.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    let served = axum::serve(listener, build_router(app.clone())).with_graceful_shutdown(shutdown);
    tokio::select! {
        ended = served.into_future() => ended,
        () = app.metrics().fold_regularly() => Ok(()),
        () = drained(stop_asked) => {
            tracing::warn!("requests were still under way after {DRAIN:?} and are cut off");
            Ok(())
        }
    }
}

/// Resolves when the time to end is over.
async fn drained(stop_asked: oneshot::Receiver<()>) {
    match stop_asked.await {
        Ok(()) => tokio::time::sleep(DRAIN).await,
        Err(_) => std::future::pending().await,
    }
}
