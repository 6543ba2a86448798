//! A client of a shared document that speaks the wire protocol by hand, so that it can also say what no honest client
//! would.

use anyhow::{Context as _, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use yrs::updates::decoder::Decode as _;
use yrs::{Doc, ReadTxn as _, StateVector, Transact as _, Update};

use crate::client::Person;
use crate::server::TestServer;

/// A socket with a document behind it.
pub struct DocSocket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What this client has of the document.
    pub doc: Doc,
    /// What it was told when something was denied.
    pub denials: Vec<String>,
    /// Awareness messages that came, without their heads.
    pub awareness: Vec<Vec<u8>>,
    /// Updates that came after the first state.
    pub updates: usize,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// The server's state vector.
    Step1,
    /// What we lacked.
    Step2,
    /// A change.
    Update,
    /// Something about presence.
    Awareness,
    /// A denial.
    Denied,
    /// The end, with its code.
    Closed(u16),
}

impl DocSocket {
    /// Opens a document.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn open(server: &TestServer, who: &Person, sandbox: &str, document: &str) -> anyhow::Result<Self> {
        let base = server.url("").replacen("http", "ws", 1);
        let url = format!("{base}/api/sandboxes/{sandbox}/docs/{document}?access_token={}", who.token);
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        let doc = Doc::new();
        Ok(Self { socket, doc, denials: Vec::new(), awareness: Vec::new(), updates: 0 })
    }

    /// Opens a document and takes what is in it.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn synced(server: &TestServer, who: &Person, sandbox: &str, document: &str) -> anyhow::Result<Self> {
        let mut socket = Self::open(server, who, sandbox, document).await?;
        socket.send(&frame(&[0, 0], &[0])).await?;
        socket.until(&Came::Step2).await?;
        socket.send(&frame(&[0, 1], &[0, 0])).await?;
        Ok(socket)
    }

    /// Sends a binary frame.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub async fn send(&mut self, frame: &[u8]) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::binary(frame.to_vec())).await?)
    }

    /// Sends a text frame.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub async fn send_text(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(text)).await?)
    }

    /// Sends an update.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub async fn update(&mut self, update: &[u8]) -> anyhow::Result<()> {
        self.send(&frame(&[0, 2], update)).await
    }

    /// Changes the document and sends the change.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub async fn edit(&mut self, change: impl FnOnce(&mut yrs::TransactionMut<'_>)) -> anyhow::Result<()> {
        let update = {
            let mut txn = self.doc.transact_mut();
            change(&mut txn);
            txn.encode_update_v1()
        };
        self.update(&update).await
    }

    /// Takes the next message.
    ///
    /// # Errors
    ///
    /// When what comes cannot be read.
    pub async fn next(&mut self) -> anyhow::Result<Came> {
        loop {
            let bytes = match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Close(frame))) => return Ok(Came::Closed(frame.map_or(0, |frame| frame.code.into()))),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return Ok(Came::Closed(0)),
            };
            let came = match bytes.get(..2).context("a message has a head")? {
                [0, 0] => Came::Step1,
                [0, step @ (1 | 2)] => {
                    let update = Update::decode_v1(body(&bytes, 2)?)?;
                    self.doc.transact_mut().apply_update(update)?;
                    if *step == 1 {
                        Came::Step2
                    } else {
                        self.updates += 1;
                        Came::Update
                    }
                }
                [1, _] => {
                    self.awareness.push(body(&bytes, 1)?.to_vec());
                    Came::Awareness
                }
                [2, 0] => {
                    self.denials.push(String::from_utf8(body(&bytes, 2)?.to_vec())?);
                    Came::Denied
                }
                head => bail!("an unknown message begins with {head:?}"),
            };
            return Ok(came);
        }
    }

    /// Takes messages until one of this kind came.
    ///
    /// # Errors
    ///
    /// When the connection ends before.
    pub async fn until(&mut self, wanted: &Came) -> anyhow::Result<()> {
        loop {
            match self.next().await? {
                came if came == *wanted => return Ok(()),
                Came::Closed(code) => bail!("it was closed with {code} while waiting for {wanted:?}"),
                _ => {}
            }
        }
    }

    /// Takes messages until the end, and gives its code.
    ///
    /// # Errors
    ///
    /// When what comes cannot be read.
    pub async fn closed(&mut self) -> anyhow::Result<u16> {
        loop {
            if let Came::Closed(code) = self.next().await? {
                return Ok(code);
            }
        }
    }

    /// Everything that this client has, as an update.
    #[must_use]
    pub fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }
}

/// A frame with this head.
#[must_use]
pub fn frame(head: &[u8], body: &[u8]) -> Vec<u8> {
    let mut frame = head.to_vec();
    let mut length = body.len();
    while length >= 0x80 {
        frame.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    frame.push(length as u8);
    frame.extend_from_slice(body);
    frame
}

fn body(bytes: &[u8], head: usize) -> anyhow::Result<&[u8]> {
    let (mut length, mut at, mut shift) = (0_usize, head, 0);
    loop {
        let byte = *bytes.get(at).context("a length")?;
        length |= usize::from(byte & 0x7f) << shift;
        (at, shift) = (at + 1, shift + 7);
        if byte < 0x80 {
            break;
        }
    }
    bytes.get(at..at + length).context("as many bytes as the length says")
}
