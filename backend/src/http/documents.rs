//! Documents: the sockets on which they are edited together, and their states for programs.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use shared::access::Operation;
use shared::api::ErrorBody;
use shared::api::live::Participant;
use shared::document::DocumentName;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::extract::Path;
use crate::auth::Caller;
use crate::documents::room::{Message, Outgoing};
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::Access;

/// Longest frame: what somebody sends who was away for long.
const FRAME_BYTES_MAX: usize = 8 << 20;

/// Frames that wait for one client.
const CLIENT_QUEUE: usize = 256;

/// Standard clients take a server for dead that sends no frame for 30 s.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// Standard clients send something every 15 s; one that sends nothing for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// A client that does not take a frame for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);

/// Nothing about nobody: an awareness message without entries.
const EMPTY_AWARENESS: &[u8] = &[1, 1, 0];

/// How much one connection may send: bytes in a second, and frames. Whoever sends more is read more slowly.
const BYTES_PER_SECOND: f64 = 1_048_576.0;
const FRAMES_PER_SECOND: f64 = 200.0;
const BURST_SECONDS: f64 = 10.0;

/// Edit a document together
///
/// A WebSocket that speaks the standard Yjs protocols, synchronisation and awareness; `/sandboxes/{sandbox}/docs` is the
/// server address for a standard `y-websocket` client and the document its room. Getting one's own update back means
/// that it is on the disk. Tokens may be given as `access_token` in the query.
#[utoipa::path(get, path = "/sandboxes/{sandbox}/docs/{document}", tag = "documents",
    params(("sandbox" = String, Path), ("document" = inline(DocumentName), Path)),
    responses((status = 101, description = "Switching to WebSocket"), (status = "4XX", body = ErrorBody)))]
pub(super) async fn socket(
    State(state): State<AppState>,
    caller: Caller,
    Path((sandbox, document)): Path<(String, String)>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let name = DocumentName::from_name(&document).ok_or(ApiError::NotFound)?;
    let access = caller.access(&state, &sandbox, Operation::View).await?;
    let upgrade = upgrade?.max_message_size(FRAME_BYTES_MAX).max_frame_size(FRAME_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| serve(state, caller, access, sandbox, name, socket)))
}

/// Read the whole state of a document
///
/// A Yjs update of the first encoding, from the empty document to the state of now.
#[utoipa::path(get, path = "/sandboxes/{sandbox}/docs/{document}/state", tag = "documents",
    params(("sandbox" = String, Path), ("document" = inline(DocumentName), Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = "4XX", body = ErrorBody)))]
pub(super) async fn state(
    State(state): State<AppState>,
    caller: Caller,
    Path((sandbox, document)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let name = DocumentName::from_name(&document).ok_or(ApiError::NotFound)?;
    caller.access(&state, &sandbox, Operation::View).await?;
    let update = state.documents().state(&state, &sandbox, name).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], Body::from(update)))
}

async fn serve(
    state: AppState,
    caller: Caller,
    access: Access,
    sandbox: String,
    name: DocumentName,
    socket: WebSocket,
) {
    let (mut sink, stream) = socket.split();
    // Whoever edits is there, whether they follow what happens or not.
    let participant = Participant { user: caller.user.id.clone(), name: caller.user.name.clone(), role: access.role };
    let live = state.live().stream(&sandbox, state.clock());
    let _presence = match live.enter(participant, access.session.rules.participants) {
        Ok(presence) => presence,
        Err(full) => return refuse(&mut sink, &full).await,
    };
    let (out, queue) = mpsc::channel(CLIENT_QUEUE);
    let joined = state
        .documents()
        .enter(&state, &sandbox, name, |reply| Message::Join { caller: caller.clone(), out: out.clone(), reply })
        .await;
    let (room, joined) = match joined {
        Ok((room, Ok(connection))) => (room, Ok(connection)),
        Ok((room, Err(error))) => (room, Err(error)),
        Err(error) => return refuse(&mut sink, &error).await,
    };
    drop(out);
    let connection = match joined {
        Ok(connection) => connection,
        Err(error) => return refuse(&mut sink, &error).await,
    };
    // The room keeps the only way to the writer, so when it lets go of the client, the writer ends.
    tokio::select! {
        () = write(sink, queue, room.clone(), connection) => {}
        () = read(stream, room.clone(), connection) => {}
    }
    // A room that has closed has let go of everybody.
    drop(room.send(Message::Leave { connection }).await);
}

async fn refuse(sink: &mut SplitSink<WebSocket, Frame>, error: &ApiError) {
    let frame = CloseFrame { code: error.close_code(), reason: error.to_string().into() };
    // Whoever is gone needs no reason.
    drop(tokio::time::timeout(WRITE_TIMEOUT, sink.send(Frame::Close(Some(frame)))).await);
}

/// Passes frames to the client, several at once when they wait.
async fn write(
    mut sink: SplitSink<WebSocket, Frame>,
    mut queue: mpsc::Receiver<Outgoing>,
    room: mpsc::Sender<Message>,
    connection: u64,
) {
    let mut waiting = Vec::with_capacity(CLIENT_QUEUE);
    loop {
        tokio::select! {
            count = queue.recv_many(&mut waiting, CLIENT_QUEUE) => {
                if count == 0 {
                    drop(tokio::time::timeout(WRITE_TIMEOUT, sink.close()).await);
                    return;
                }
            }
            () = tokio::time::sleep(KEEPALIVE) => {
                waiting.push(Outgoing::Frame(Bytes::from_static(EMPTY_AWARENESS)));
            }
        }
        let was_full = waiting.len() == CLIENT_QUEUE;
        let sent = tokio::time::timeout(WRITE_TIMEOUT, async {
            for outgoing in waiting.drain(..) {
                match outgoing {
                    Outgoing::Frame(frame) => sink.feed(Frame::Binary(frame)).await?,
                    Outgoing::Close(code, reason) => {
                        sink.send(Frame::Close(Some(CloseFrame { code, reason: reason.into() }))).await?;
                        return Ok(false);
                    }
                }
            }
            sink.flush().await.map(|()| true)
        });
        match sent.await {
            Ok(Ok(true)) => {}
            Ok(Ok(false) | Err(_)) | Err(_) => return,
        }
        if was_full && room.send(Message::CaughtUp { connection }).await.is_err() {
            return;
        }
    }
}

/// Passes what the client sends to the room, as fast as it may.
async fn read(mut stream: SplitStream<WebSocket>, room: mpsc::Sender<Message>, connection: u64) {
    let (mut bytes, mut frames) = (Bucket::new(BYTES_PER_SECOND), Bucket::new(FRAMES_PER_SECOND));
    loop {
        let frame = match tokio::time::timeout(SILENCE_MAX, stream.next()).await {
            Ok(Some(Ok(Frame::Binary(frame)))) => frame,
            Ok(Some(Ok(Frame::Ping(_) | Frame::Pong(_)))) => continue,
            // Text is nothing that this protocol has.
            Ok(Some(Ok(Frame::Text(_) | Frame::Close(_)) | Err(_)) | None) | Err(_) => return,
        };
        let wait = bytes.take(frame.len() as f64).max(frames.take(1.0));
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        if room.send(Message::Frame { from: connection, frame }).await.is_err() {
            return;
        }
    }
}

/// Fills up again at a rate, up to a burst; may be overdrawn, and then has to be waited for.
pub(super) struct Bucket {
    rate: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn new(rate: f64) -> Self {
        Self { rate, level: rate * BURST_SECONDS, at: Instant::now() }
    }

    /// Takes out; gives how long to wait until the level is not below nothing.
    pub(super) fn take(&mut self, amount: f64) -> Duration {
        let now = Instant::now();
        let filled = self.level + self.rate * (now - self.at).as_secs_f64();
        self.at = now;
        self.level = filled.min(self.rate * BURST_SECONDS) - amount;
        Duration::from_secs_f64((-self.level / self.rate).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_sends_too_much_waits() {
        let mut bucket = Bucket::new(10.0);
        assert_eq!(bucket.take(100.0), Duration::ZERO);
        assert_eq!(bucket.take(5.0), Duration::from_millis(500));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(bucket.take(5.0), Duration::ZERO);
    }
}
