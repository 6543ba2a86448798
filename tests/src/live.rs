//! A client of the second socket of a sandbox.

use anyhow::{Context as _, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use shared::api::live::ServerMessage;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::client::Person;
use crate::server::TestServer;

/// A socket.
#[derive(Debug)]
pub struct LiveSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl LiveSocket {
    /// Opens the socket of a sandbox; `query` says where to go on, as `&epoch=…&seq=…`.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn open(server: &TestServer, who: &Person, sandbox: &str, query: &str) -> anyhow::Result<Self> {
        let base = server.url("").replacen("http", "ws", 1);
        let url = format!("{base}/api/sandboxes/{sandbox}/socket?access_token={}{query}", who.token);
        Ok(Self(tokio_tungstenite::connect_async(url).await?.0))
    }

    /// Sends a text.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    /// Takes the next message; the code of the end when there is none.
    ///
    /// # Errors
    ///
    /// When what comes cannot be read.
    pub async fn next(&mut self) -> anyhow::Result<Result<ServerMessage, u16>> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Ok(serde_json::from_str(&text)?)),
                Some(Ok(Message::Close(frame))) => return Ok(Err(frame.map_or(0, |frame| frame.code.into()))),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(Err(0)),
            }
        }
    }

    /// Takes messages until one is what is wanted.
    ///
    /// # Errors
    ///
    /// When the connection ends before.
    pub async fn until<T>(&mut self, mut wanted: impl FnMut(ServerMessage) -> Option<T>) -> anyhow::Result<T> {
        loop {
            match self.next().await? {
                Ok(message) => {
                    if let Some(found) = wanted(message) {
                        return Ok(found);
                    }
                }
                Err(code) => bail!("it was closed with {code}"),
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
            if let Err(code) = self.next().await.context("messages before the end")? {
                return Ok(code);
            }
        }
    }
}
