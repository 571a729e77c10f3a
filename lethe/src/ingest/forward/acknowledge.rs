//! Tells the sender what is on disk, in the order in which it was sent.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::ingest::{Commit, Counters};

use super::connection::Error;
use super::frames::STALL;

/// A message on its way to the disk.
pub(super) struct Pending {
    pub(super) commit: Commit,
    /// What the sender wants back.
    pub(super) chunk: Option<Bytes>,
}

/// Acknowledges one message after the other until there are no more, or one
/// cannot be written.
pub(super) async fn acknowledge(
    mut pending: mpsc::Receiver<Pending>,
    mut stream: impl AsyncWrite + Unpin,
    counters: &Counters,
) -> Result<(), Error> {
    while let Some(Pending { commit, chunk }) = pending.recv().await {
        commit.done().await?;
        if let Some(chunk) = chunk {
            let sent = timeout(STALL, stream.write_all(&encode(&chunk)?)).await;
            sent.map_err(io::Error::from)??;
            counters.acknowledged();
        }
    }
    Ok(())
}

/// `{"ack": chunk}`
fn encode(chunk: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    rmp::encode::write_map_len(&mut bytes, 1).map_err(io::Error::from)?;
    rmp::encode::write_str(&mut bytes, "ack").map_err(io::Error::from)?;
    // As a text, whatever it came as: that is what senders compare with.
    rmp::encode::write_str_len(&mut bytes, chunk.len() as u32).map_err(io::Error::from)?;
    bytes.extend_from_slice(chunk);
    Ok(bytes)
}
