//! Hocuspocus, the server for Yjs documents that many use, as it comes from npm: it keeps documents in its memory only, and lets
//! everybody in.

use std::path::Path;
use std::process::Command;

use futures_util::SinkExt as _;
use tests::socket::frame;
use tokio_tungstenite::tungstenite::Message;
use yrs::{Doc, Map as _, ReadTxn as _, StateVector, TextPrelim, Transact as _, WriteTxn as _};

use super::rooms::{FILE, FILES, Load, Seat};
use super::server::Process;
use super::{Socket, connect, until};

/// One that ends with this.
pub(crate) struct Server {
    pub(crate) process: Process,
    base: String,
}

impl Server {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("collab");
        let (process, base) = Process::start(Command::new("node").arg("hocuspocus.mjs").current_dir(folder))?;
        Ok(Self { process, base })
    }

    /// People who may type in rooms.
    pub(crate) async fn seats(&self, load: &Load) -> anyhow::Result<Vec<Seat>> {
        let mut seats = Vec::new();
        for room in 0..load.rooms {
            let name = text(&format!("{}-{room}", load.name));
            let state = begin();
            for number in 0..load.people {
                let mut socket = self.enter(&name).await?;
                if number == 0 {
                    socket.send(Message::binary([&name[..], &frame(&[0, 2], &state)].concat())).await?;
                }
                seats.push(Seat::new(socket, &state, name.clone())?);
            }
        }
        Ok(seats)
    }

    /// Opens a document. Every message begins with the name of the document; the first one tells who it is.
    async fn enter(&self, name: &[u8]) -> anyhow::Result<Socket> {
        let mut socket = connect(&self.base).await?;
        let token = [name, &[2, 0], &text("anybody")].concat();
        socket.send(Message::binary(token)).await?;
        socket.send(Message::binary([name, &frame(&[0, 0], &[0])].concat())).await?;
        let is_state = |bytes: &[u8]| {
            bytes.strip_prefix(name).is_some_and(|rest| rest.starts_with(&[0, 1]) || rest.starts_with(&[4, 1]))
        };
        until(&mut socket, is_state).await?;
        Ok(socket)
    }
}

/// A text as Yjs has it in messages: short ones only.
fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length < 0x80).expect("our names are short");
    [&[length], text.as_bytes()].concat()
}

/// A document as ours begin.
fn begin() -> Vec<u8> {
    let doc = Doc::new();
    let mut txn = doc.transact_mut();
    let files = txn.get_or_insert_map(FILES);
    files.insert(&mut txn, FILE, TextPrelim::new("# begin\n"));
    txn.encode_state_as_update_v1(&StateVector::default())
}
