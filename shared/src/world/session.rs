//! Sessions with `IEx` in a sandbox: each has an io server of its own, so what is typed and printed there is no output of the
//! program.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::event::{Entry, Event, EventKind};
use crate::ids::{EventSeq, Pid};

/// How many sessions are remembered; those that are over go first.
const SESSIONS_KEPT: usize = 16;
/// How many bytes of one are remembered.
const BYTES_KEPT: usize = 64 << 10;

/// A session, by the process that serves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What was said, the earliest first.
    pub pieces: VecDeque<Piece>,
    /// How many bytes there were before them.
    pub cut: u64,
    /// Whether it waits for a line. What was printed last is the prompt then.
    pub wants_input: bool,
    /// Whether it is over.
    pub is_over: bool,
    kept: usize,
}

/// Something that was said in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The event.
    pub seq: EventSeq,
    /// Whether somebody typed it; otherwise it was printed.
    pub typed: bool,
    /// What.
    #[serde(with = "crate::bytes")]
    pub bytes: Arc<[u8]>,
}

impl Session {
    fn push(&mut self, piece: Piece) {
        self.kept += piece.bytes.len();
        self.pieces.push_back(piece);
        while self.kept > BYTES_KEPT && self.pieces.len() > 1 {
            let Some(oldest) = self.pieces.pop_front() else { break };
            self.kept -= oldest.bytes.len();
            self.cut += oldest.bytes.len() as u64;
        }
    }
}

/// Whether a process that runs this serves a session (`sandbox-runtime/library/orrery_user.erl`).
fn is_session(entry: &Entry) -> bool {
    entry.module == "orrery_user" && entry.function == "session"
}

/// Adds an event to the sessions; gives whether it belongs to one of them only.
pub(super) fn apply(sessions: &mut BTreeMap<Pid, Session>, event: &Event) -> bool {
    if let EventKind::Spawned { child, entry, .. } = &event.kind {
        if event.pid.is_none() && is_session(entry) {
            sessions.insert(*child, Session::default());
            if sessions.len() > SESSIONS_KEPT {
                let over = sessions.iter().find(|(_, session)| session.is_over).map(|(pid, _)| *pid);
                let gone = over.or_else(|| sessions.keys().next().copied());
                gone.map(|pid| sessions.remove(&pid));
            }
        }
        return false;
    }
    match &event.kind {
        EventKind::Sent { receiver: Some(pid), message, .. } if event.pid.is_none() => {
            if let (Some(session), Some(bytes)) = (sessions.get_mut(pid), typed(message)) {
                session.wants_input = false;
                session.push(Piece { seq: event.seq, typed: true, bytes });
            }
            return false;
        }
        _ => {}
    }
    let Some(session) = event.pid.and_then(|pid| sessions.get_mut(&pid)) else { return false };
    match &event.kind {
        EventKind::Output { bytes, .. } => {
            session.push(Piece { seq: event.seq, typed: false, bytes: Arc::clone(bytes) });
            return true;
        }
        EventKind::InputWanted => session.wants_input = true,
        EventKind::Exited { .. } => (session.is_over, session.wants_input) = (true, false),
        _ => {}
    }
    false
}

/// What somebody typed: `{console, Bytes}`.
fn typed(message: &Etf) -> Option<Arc<[u8]>> {
    let term = message.decode().ok()?;
    let [tag, bytes] = term.as_tuple()? else { return None };
    if tag.is_atom("console") { Some(bytes.as_binary()?.into()) } else { None }
}
