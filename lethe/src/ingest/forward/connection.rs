//! One connection: handshake, messages, acknowledgements.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use crate::ingest::{CommitError, Ingest, Refusal, place};
use crate::store::Batch;

use super::Shared;
use super::acknowledge::{Pending, acknowledge};
use super::frames::Frames;
use super::handshake::{Denied, shake_hands};
use super::message::{DecodeError, Message};

/// Messages that may wait for the disk. With more, the sender has to wait.
const MAX_PENDING: usize = 64;
/// Messages up to this size are decoded without leaving the thread: even when
/// packed, they hold no more than a few megabytes.
const SMALL: usize = 4 << 10;

/// Why a connection ended before its sender wanted it to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Message(#[from] DecodeError),
    #[error("a message is longer than 16 MiB")]
    TooLong,
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Reads messages until the sender or `stop` ends it. What was read by then is
/// acknowledged.
pub(super) async fn serve(
    stream: TcpStream,
    shared: &Shared,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Error> {
    // Acknowledgements are small, and somebody waits for each.
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let mut frames = Frames::new(reading, Arc::clone(&shared.receiving));
    if let Some(security) = &shared.security {
        shake_hands(security, &mut frames, &mut writing).await?;
    }
    let (sender, pending) = mpsc::channel(MAX_PENDING);
    let counters = shared.ingest.counters();
    let acknowledging = acknowledge(pending, writing, counters);
    let receiving = async move {
        loop {
            let frame = tokio::select! {
                frame = frames.next() => frame?,
                _ = stop.wait_for(|stop| *stop) => None,
            };
            let Some(frame) = frame else { return Ok(()) };
            if let Some((batch, chunk)) = decode(frame, shared).await? {
                let commit = shared.ingest.submit(batch).await;
                // Nobody receives only when acknowledging has failed, which
                // ends this too.
                let _ = sender.send(Pending { commit, chunk }).await;
            }
        }
    };
    let (mut acknowledging, mut receiving) = (Box::pin(acknowledging), Box::pin(receiving));
    tokio::select! {
        acknowledged = &mut acknowledging => acknowledged,
        received = &mut receiving => {
            // The sender of what is pending is gone with this.
            drop(receiving);
            acknowledging.await.and(received)
        }
    }
}

/// The lines of a message, and what the sender wants back for them.
async fn decode(
    frame: Bytes,
    shared: &Shared,
) -> Result<Option<(Batch, Option<Bytes>)>, DecodeError> {
    if frame.len() <= SMALL {
        return lines(&frame, &shared.ingest);
    }
    // The semaphore is never closed.
    let place = shared.decoding.clone().acquire_owned().await.ok();
    let ingest = shared.ingest.clone();
    let decoding = spawn_blocking(move || {
        let _place = place;
        lines(&frame, &ingest)
    });
    decoding.await.unwrap_or(Err(DecodeError::Failed))
}

fn lines(frame: &Bytes, ingest: &Ingest) -> Result<Option<(Batch, Option<Bytes>)>, DecodeError> {
    let Some(message) = Message::decode(frame)? else {
        return Ok(None);
    };
    let mut batch = Batch::default();
    message.for_each(|event| {
        let placed = match &event.fields {
            Some(fields) => place(fields, message.tag, event.time, &mut batch),
            None => Err(Refusal::NoRecord),
        };
        if let Err(refusal) = placed {
            ingest.counters().refuse(refusal);
        }
    })?;
    Ok(Some((batch, message.chunk.map(|it| frame.slice_ref(it)))))
}
