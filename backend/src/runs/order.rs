//! What a machine that runs is asked for, and how the question reaches it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use sandbox_runtime::compile::Module;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::snapshot::Snapshot;
use shared::api::run::{Picture, ReplyValue, RunEnd};
use shared::command::Command;
use shared::term::Atom;
use shared::{Pid, Ref};
use tokio::sync::oneshot;

use crate::error::ApiError;

/// Orders that wait for a machine.
const QUEUE: usize = 256;

/// The answer to an order.
pub(super) type Answer = Result<Option<ReplyValue>, ApiError>;

/// Something that a machine is asked for.
#[derive(Debug)]
pub(super) enum Order {
    /// To end.
    Stop { end: RunEnd },
    /// To stand still.
    Hold,
    /// To go on.
    Go,
    /// To take so many turns while it stands still.
    Step { turns: u32 },
    /// To take an input.
    Tell { input: Box<Command> },
    /// What a process knows of itself.
    Inspect { pid: Pid, items: Vec<String> },
    /// Which ETS tables there are.
    Tables,
    /// What is in one.
    Rows { table: Ref, from: u64, count: u32 },
    /// The value of an expression.
    Evaluate { code: String },
    /// To go on with other code.
    Load { modules: Vec<Module> },
    /// A session with `IEx` of this person, and to type this into it.
    Session { user: String, text: Option<String> },
    /// The end of that session.
    EndSession { user: String },
    /// The last states of a process, and to watch it.
    States { pid: Pid },
    /// How much it uses.
    Usage,
    /// The modules that were loaded since it booted.
    Modules { to: oneshot::Sender<Vec<(Atom, Arc<[u8]>)>> },
    /// To be put away: it has no turn after that.
    Park { to: oneshot::Sender<Moment> },
    /// To be written down as it is, while it goes on.
    Checkpoint { to: oneshot::Sender<Moment> },
}

/// A machine at one moment, to go on from.
pub(super) struct Moment {
    pub(super) snapshot: Snapshot<WasmFactory>,
    /// Time outside that it has had.
    pub(super) wall: Duration,
    /// What people saw of it then; nothing where nobody looks.
    pub(super) picture: Option<Picture>,
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moment").field("wall", &self.wall).finish_non_exhaustive()
    }
}

/// An order, and whom to answer.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) order: Order,
    pub(super) reply: oneshot::Sender<Answer>,
}

impl Asked {
    /// Answers; whoever asked may have gone.
    pub(super) fn answer(self, answer: Answer) {
        drop(self.reply.send(answer));
    }
}

/// Where the orders for a machine go in.
#[derive(Debug, Clone)]
pub(super) struct Orders(SyncSender<Asked>);

/// A way in, and where it leads.
pub(super) fn orders() -> (Orders, Receiver<Asked>) {
    let (sender, receiver) = sync_channel(QUEUE);
    (Orders(sender), receiver)
}

impl Orders {
    /// Hands an order in; the machine still has to be woken.
    pub(super) fn give(&self, order: Order) -> Result<oneshot::Receiver<Answer>, ApiError> {
        let (reply, answer) = oneshot::channel();
        match self.0.try_send(Asked { order, reply }) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(ApiError::TooManyRequests { retry_after_secs: 1 }),
            Err(TrySendError::Disconnected(_)) => Err(not_running()),
        }
    }
}

/// There is no machine to ask.
pub(super) fn not_running() -> ApiError {
    ApiError::Conflict("Nothing runs here: start it first".to_owned())
}
