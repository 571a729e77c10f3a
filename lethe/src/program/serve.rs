//! Answering until there is a reason to stop.

use std::future::{Future, IntoFuture, pending};
use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::ingest::DRAIN;

/// Answers until `stop` is ready, and then what was asked before.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stop_asked) = oneshot::channel();
    let stop = async move {
        stop.await;
        tracing::info!("stopping");
        // Nobody listens any more only when serving has already ended.
        let _ = stopping.send(());
    };
    let drained = async {
        match stop_asked.await {
            Ok(()) => sleep(DRAIN).await,
            Err(_) => pending().await,
        }
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(stop);
    tokio::select! {
        ended = served.into_future() => ended,
        () = drained => {
            tracing::warn!("requests still under way after {DRAIN:?} are cut off");
            Ok(())
        }
    }
}
