//! Cuts what a connection sends into messages.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::ingest::msgpack::Extent;

use super::connection::Error;
use super::message::DecodeError;

/// Longest message in bytes.
const MAX_MESSAGE: usize = 16 << 20;
/// A message that is longer is read only by some connections at a time.
const LONG: usize = 1 << 20;
/// How many those are: what bounds memory, with all connections below
/// [`LONG`].
pub(super) const PLACES: usize = 16;
/// What is read at once, at least.
const MIN_READ: usize = 64 << 10;
/// Longest silence in the middle of a message, or where one is due.
pub(super) const STALL: Duration = Duration::from_secs(60);
/// Longest silence between two messages.
const IDLE: Duration = Duration::from_secs(3_600);

/// The messages of a connection.
pub(super) struct Frames<R> {
    stream: R,
    buffer: BytesMut,
    extent: Extent,
    /// Places for connections in the middle of a long message.
    places: Arc<Semaphore>,
    place: Option<OwnedSemaphorePermit>,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub(super) fn new(stream: R, places: Arc<Semaphore>) -> Frames<R> {
        Frames {
            stream,
            buffer: BytesMut::new(),
            extent: Extent::default(),
            places,
            place: None,
        }
    }

    /// The next message, or nothing at the end. Nothing is lost when this is
    /// given up and called again.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        self.next_within(IDLE).await
    }

    /// As [`Frames::next`], for a message that is due.
    pub(super) async fn next_soon(&mut self) -> Result<Option<Bytes>, Error> {
        self.next_within(STALL).await
    }

    async fn next_within(&mut self, patience: Duration) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(len) = self
                .extent
                .advance(&self.buffer)
                .map_err(DecodeError::from)?
            {
                self.place = None;
                return Ok(Some(self.buffer.split_to(len).freeze()));
            }
            let len = self.buffer.len();
            if len >= MAX_MESSAGE {
                return Err(Error::TooLong);
            }
            if len >= LONG && self.place.is_none() {
                // The semaphore is never closed.
                self.place = Arc::clone(&self.places).acquire_owned().await.ok();
            }
            // A message that is long becomes longer: growing by half of it
            // copies it a few times only.
            self.buffer.reserve(MIN_READ.max(len / 2));
            let patience = if len == 0 { patience } else { STALL };
            let read = timeout(patience, self.stream.read_buf(&mut self.buffer)).await;
            match read.map_err(io::Error::from)?? {
                0 if len == 0 => return Ok(None),
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                _ => {}
            }
        }
    }
}
