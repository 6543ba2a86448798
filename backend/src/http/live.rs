//! The second socket of a sandbox, and the same events over SSE.

mod wanted;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use shared::Pid;
use shared::access::Operation;
use shared::api::ErrorBody;
use shared::api::described;
use shared::api::live::{ClientMessage, LiveCommand, Participant, Position, ServerMessage};
use shared::api::run::ReplyValue;
use shared::document::close;
use shared::filter::Filter;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::documents::Bucket;
use super::extract::{Path, Query};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::filter::ready;
use crate::live::{self, Presence, Published, Read, Stream};
use crate::state::AppState;
use crate::store::Access;
use wanted::Wanted;

/// Longest message of a client.
const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// Commands of one connection in a second.
const COMMANDS_PER_SECOND: f64 = 20.0;

/// How often a quiet connection is asked whether it is there, and how long it may take to answer.
const HEARTBEAT: Duration = Duration::from_secs(20);
const SILENCE_MAX: Duration = Duration::from_secs(60);
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);

/// Replies that wait for their connection.
const REPLIES: usize = 16;

/// Events that wait for a client of SSE.
const SSE_QUEUE: usize = 64;

/// Where to begin, and with what.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    /// The epoch of the last event that is known.
    epoch: Option<String>,
    /// The number of the last event that is known.
    #[param(inline, value_type = Option<described::Unsigned64>)]
    seq: Option<u64>,
    /// Names of the kinds of events that are wanted, separated by commas; all when nothing is said.
    kinds: Option<String>,
    /// Of what happens in the machine, only events of these processes: their numbers, separated by commas.
    #[param(inline, value_type = Option<described::Pids>)]
    pids: Option<String>,
    /// Of what happens in the machine, only events of these names (`sent`, `exited`, …), separated by commas.
    #[param(inline, value_type = Option<described::EventNames>)]
    events: Option<String>,
    /// Of what happens in the machine, only events that match this pattern of Elixir, perhaps with guards:
    /// `%{event: :sent, message: {:work, n}} when n > 10`.
    pattern: Option<String>,
    /// For browsers, which cannot set headers here.
    #[serde(rename = "access_token")]
    _access_token: Option<String>,
}

impl From {
    /// What is wanted of the stream.
    fn wanted(&self) -> Result<Wanted, ApiError> {
        let list = |text: &String| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>();
        let pid = |text: String| {
            let number = text.parse().map(Pid);
            number.map_err(|_| ApiError::Invalid(format!("A process is named by its number, and {text:?} is none")))
        };
        let pids = self.pids.as_ref().map(list).unwrap_or_default();
        let filter = Filter {
            pids: pids.into_iter().map(pid).collect::<Result<_, _>>()?,
            kinds: self.events.as_ref().map(list).unwrap_or_default(),
            pattern: self.pattern.clone(),
            matching: None,
        };
        Ok(Wanted::new(self.kinds.as_ref().map(list), ready(&filter)?))
    }
}

/// Follow what happens, and give commands
///
/// A WebSocket with JSON in text frames: the server sends `ServerMessage`s, the client `ClientMessage`s. It begins with
/// a snapshot, or goes on from the place that is given.
#[utoipa::path(get, path = "/sandboxes/{sandbox}/socket", tag = "live", params(("sandbox" = String, Path), From),
    responses((status = 101, description = "Switching to WebSocket", body = ServerMessage),
        (status = "4XX", body = ErrorBody)))]
pub(super) async fn socket(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Query(from): Query<From>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let access = caller.access(&state, &sandbox, Operation::View).await?;
    let wanted = from.wanted()?;
    let upgrade = upgrade?.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(async move |socket| {
        let mut reader = Reader::new(state, caller, sandbox, access, from, wanted, &headers);
        let (code, why) = serve(&mut reader, socket).await;
        tracing::debug!(code, why, "a socket ended");
    }))
}

/// Follow what happens
///
/// The same messages as on the socket, as server-sent events; `Last-Event-ID` goes on from where one was.
#[utoipa::path(get, path = "/sandboxes/{sandbox}/events", tag = "live", params(("sandbox" = String, Path), From),
    responses((status = 200, content_type = "text/event-stream", body = ServerMessage), (status = "4XX", body = ErrorBody)))]
pub(super) async fn events(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Query(mut from): Query<From>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let access = caller.access(&state, &sandbox, Operation::View).await?;
    let wanted = from.wanted()?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.split_once(' '));
    if let Some((epoch, seq)) = last {
        (from.epoch, from.seq) = (Some(epoch.to_owned()), seq.parse().ok());
    }
    let mut reader = Reader::new(state, caller, sandbox, access, from, wanted, &headers);
    let presence = reader.enter()?;
    let (sender, queue) = mpsc::channel::<Result<Event, Infallible>>(SSE_QUEUE);
    tokio::spawn(async move {
        let _presence = presence;
        while let Ok(messages) = reader.next().await {
            for message in messages {
                let Some(text) = message.text() else { return };
                let Position { epoch, seq } = reader.place_of(&message);
                let event = Event::default().data(text.as_str()).id(format!("{epoch} {seq}"));
                if sender.send(Ok(event)).await.is_err() {
                    return;
                }
            }
        }
    });
    let stream = futures_util::stream::unfold(queue, async |mut queue| Some((queue.recv().await?, queue)));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// Somebody who reads a stream.
struct Reader {
    app: AppState,
    caller: Caller,
    sandbox: String,
    access: Access,
    stream: Arc<Stream>,
    events: tokio::sync::watch::Receiver<u64>,
    access_changes: tokio::sync::watch::Receiver<u64>,
    /// The last event that was sent; nothing before the beginning.
    sent: Option<u64>,
    from: Option<Position>,
    wanted: Wanted,
    /// Of the request that opened the socket; the numbers of commands go behind it.
    request_id: String,
}

impl Reader {
    fn new(
        app: AppState,
        caller: Caller,
        sandbox: String,
        access: Access,
        from: From,
        wanted: Wanted,
        headers: &HeaderMap,
    ) -> Self {
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let stream = app.live().stream(&sandbox, app.clock());
        let position = from.epoch.zip(from.seq).map(|(epoch, seq)| Position { epoch, seq });
        let (events, access_changes) = (stream.events(), stream.access());
        Self {
            app,
            caller,
            sandbox,
            access,
            stream,
            events,
            access_changes,
            sent: None,
            from: position,
            wanted,
            request_id,
        }
    }

    fn enter(&self) -> Result<Presence, ApiError> {
        let participant = Participant {
            user: self.caller.user.id.clone(),
            name: self.caller.user.name.clone(),
            role: self.access.role,
        };
        self.stream.enter(participant, self.access.session.rules.participants)
    }

    /// What comes next; waits until there is something. An error when the reader may not be here any more, or the
    /// server stops. May be given up and called again.
    async fn next(&mut self) -> Result<Vec<Outgoing>, (u16, String)> {
        loop {
            self.check().await?;
            let Some(sent) = self.sent else { return self.begin().await };
            match self.stream.read(sent) {
                Read::FellBehind => return self.begin().await,
                Read::Events(events) => {
                    if let Some(last) = events.last() {
                        self.sent = Some(last.seq);
                        let sent =
                            |event: &Arc<Published>| self.wanted.of(event).map(|text| Outgoing::Event(event.seq, text));
                        let wanted: Vec<_> = events.iter().filter_map(sent).collect();
                        if !wanted.is_empty() {
                            return Ok(wanted);
                        }
                        continue;
                    }
                }
            }
            tokio::select! {
                _ = self.events.changed() => {}
                _ = self.access_changes.changed() => self.access.until = Some(0),
                () = self.app.stopping() => {
                    return Err((close::RESTARTING, "The server is restarting".to_owned()));
                }
                // Links and sessions end without anybody doing anything.
                () = tokio::time::sleep(HEARTBEAT) => self.access.until = Some(0),
            }
        }
    }

    /// Whether the reader may still be here, when that may have changed.
    async fn check(&mut self) -> Result<(), (u16, String)> {
        if self.access_changes.has_changed().unwrap_or_default() {
            self.access_changes.mark_unchanged();
            self.access.until = Some(0);
        }
        if self.access.until.is_none_or(|until| until > self.app.clock().now()) {
            return Ok(());
        }
        let refused = |error: ApiError| (error.close_code(), error.to_string());
        if !self.caller.is_still_in(&self.app).await.map_err(refused)? {
            return Err(refused(ApiError::Unauthenticated));
        }
        let access = self.caller.access(&self.app, &self.sandbox, Operation::View).await;
        self.access = access.map_err(refused)?;
        Ok(())
    }

    /// Goes on from where the reader was, or from a snapshot.
    async fn begin(&mut self) -> Result<Vec<Outgoing>, (u16, String)> {
        if let Some(position) = self.from.take().filter(|position| self.stream.can_resume(position)) {
            self.sent = Some(position.seq);
            return Ok(vec![Outgoing::Beginning(ServerMessage::Resumed { position: position.clone() }, position)]);
        }
        let snapshot = self.stream.snapshot(&self.app, &self.sandbox, &self.caller.user.id).await;
        let (position, snapshot) = snapshot.map_err(|error| (error.close_code(), error.to_string()))?;
        self.sent = Some(position.seq);
        let message = ServerMessage::Snapshot { position: position.clone(), snapshot: Box::new(snapshot) };
        Ok(vec![Outgoing::Beginning(message, position)])
    }

    /// Where somebody is who has this message.
    fn place_of(&self, message: &Outgoing) -> Position {
        match message {
            Outgoing::Beginning(_, position) => position.clone(),
            Outgoing::Event(seq, _) => Position { epoch: self.stream.position().epoch, seq: *seq },
        }
    }

    /// Reads a message and begins what it asks for. What takes its time answers through `later`.
    async fn take(
        &mut self,
        text: &str,
        later: &mpsc::Sender<ServerMessage>,
    ) -> Result<Option<ServerMessage>, (u16, String)> {
        let ClientMessage { id, command } = serde_json::from_str(text)
            .map_err(|error| (close::BAD_MESSAGE, format!("This message cannot be read: {error}")))?;
        let reply = Reply { id, request_id: format!("{} {id}", self.request_id) };
        if let LiveCommand::Filter { kinds, events } = command {
            let events = events.map_or(Ok(None), |events| ready(&events));
            let set = events.map(|events| self.wanted = Wanted::new(kinds, events));
            return Ok(Some(reply.with(set.map(|()| None))));
        }
        let does = Doer { app: self.app.clone(), caller: self.caller.clone(), sandbox: self.sandbox.clone() };
        // The value of an expression may come late or never, and compiling takes its time; everything else keeps its order.
        if matches!(command, LiveCommand::Evaluate { .. } | LiveCommand::Upgrade) {
            let later = later.clone();
            tokio::spawn(async move {
                // Whoever asked may have gone.
                drop(later.send(reply.with(does.carry_out(command).await)).await);
            });
            return Ok(None);
        }
        Ok(Some(reply.with(does.carry_out(command).await)))
    }
}

/// Whose command it is, and where.
struct Doer {
    app: AppState,
    caller: Caller,
    sandbox: String,
}

impl Doer {
    async fn carry_out(self, command: LiveCommand) -> Result<Option<ReplyValue>, ApiError> {
        let Self { app, caller, sandbox } = self;
        match command {
            LiveCommand::Ping | LiveCommand::Filter { .. } => Ok(None),
            LiveCommand::Say { text } => live::say(&app, &caller, &sandbox, &text).await.map(|_| None),
            command => {
                caller.access(&app, &sandbox, command.needs()).await?;
                app.runs().command(&app, &sandbox, &caller.user.id, command).await
            }
        }
    }
}

/// A reply that is yet to be given.
struct Reply {
    id: u64,
    request_id: String,
}

impl Reply {
    fn with(self, done: Result<Option<ReplyValue>, ApiError>) -> ServerMessage {
        let (value, error) = match done {
            Ok(value) => (value.map(Box::new), None),
            Err(error) => {
                let (code, message) = (error.code().to_owned(), error.to_string());
                (None, Some(ErrorBody { code, message, request_id: self.request_id }))
            }
        };
        ServerMessage::Reply { id: self.id, error, value }
    }
}

/// What a reader is sent.
enum Outgoing {
    /// A snapshot, or that it goes on, and where.
    Beginning(ServerMessage, Position),
    /// An event: its number, and what it says.
    Event(u64, Bytes),
}

impl Outgoing {
    /// As it is sent; nothing when it cannot be.
    fn text(&self) -> Option<Utf8Bytes> {
        match self {
            Self::Beginning(message, _) => json(message),
            Self::Event(_, text) => wanted::text(text.clone()),
        }
    }
}

fn json(message: &ServerMessage) -> Option<Utf8Bytes> {
    serde_json::to_string(message).ok().map(Utf8Bytes::from)
}

/// A frame that closes takes no more than 123 bytes of text.
fn short(reason: &str) -> &str {
    reason.get(..reason.floor_char_boundary(123)).unwrap_or_default()
}

/// Runs until one of the two sides ends it; gives how it was closed.
async fn serve(reader: &mut Reader, mut socket: WebSocket) -> (u16, String) {
    let closed = match reader.enter() {
        Ok(_presence) => follow(reader, &mut socket).await,
        Err(full) => (full.close_code(), full.to_string()),
    };
    if closed.0 != 0 {
        let frame = CloseFrame { code: closed.0, reason: short(&closed.1).into() };
        // Whoever is gone needs no reason.
        drop(tokio::time::timeout(WRITE_TIMEOUT, socket.send(Frame::Close(Some(frame)))).await);
    }
    closed
}

/// Sends what happens and takes commands; gives how it is to be closed, 0 when nobody is there any more.
async fn follow(reader: &mut Reader, socket: &mut WebSocket) -> (u16, String) {
    let mut commands = Bucket::new(COMMANDS_PER_SECOND);
    let mut heard_at = Instant::now();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    let (later, mut replies) = mpsc::channel(REPLIES);
    loop {
        let outgoing: Vec<Option<Utf8Bytes>> = tokio::select! {
            messages = reader.next() => match messages {
                Ok(messages) => messages.iter().map(Outgoing::text).collect(),
                Err(closed) => return closed,
            },
            reply = replies.recv() => reply.iter().map(json).collect(),
            frame = socket.recv() => {
                heard_at = Instant::now();
                match frame {
                    Some(Ok(Frame::Text(text))) => {
                        let wait = commands.take(1.0);
                        if !wait.is_zero() {
                            tokio::time::sleep(wait).await;
                        }
                        match reader.take(&text, &later).await {
                            Ok(reply) => reply.iter().map(json).collect(),
                            Err(closed) => return closed,
                        }
                    }
                    Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => continue,
                    Some(Ok(Frame::Binary(_))) => return (close::BAD_MESSAGE, "Messages are JSON texts".to_owned()),
                    Some(Ok(Frame::Close(_)) | Err(_)) | None => return (0, String::new()),
                }
            }
            _ = heartbeat.tick() => {
                let pinged = tokio::time::timeout(WRITE_TIMEOUT, socket.send(Frame::Ping(Vec::new().into()))).await;
                if heard_at.elapsed() > SILENCE_MAX || !matches!(pinged, Ok(Ok(()))) {
                    return (0, "silent".to_owned());
                }
                continue;
            }
        };
        for text in outgoing {
            let Some(text) = text else { return (0, "a message is no JSON".to_owned()) };
            let sent = tokio::time::timeout(WRITE_TIMEOUT, socket.send(Frame::Text(text))).await;
            if !matches!(sent, Ok(Ok(()))) {
                return (0, "gone".to_owned());
            }
        }
    }
}
