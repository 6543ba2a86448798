//! Somebody who talks to a server: a guest, an account, a program with a token.

use anyhow::Context as _;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::server::TestServer;

/// A person or a program, with what it shows.
#[derive(Debug, Clone)]
pub struct Person {
    /// `user-…`; empty for nobody.
    pub id: String,
    /// For `Authorization: Bearer …`; empty for nobody.
    pub token: String,
    base: String,
    client: Client,
}

/// An answer: its status and its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON; null when the body is empty or something else.
    pub body: Value,
}

impl Answer {
    /// The code of the error that it is.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A text in the body.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_default().to_owned()
    }
}

impl Person {
    /// Somebody who shows nothing.
    #[must_use]
    pub fn nobody(server: &TestServer) -> Self {
        Self::nobody_at(&server.url(""))
    }

    /// Somebody who shows nothing, to a server at this address.
    #[must_use]
    pub fn nobody_at(base: &str) -> Self {
        backend::tls::choose_provider();
        Self { id: String::new(), token: String::new(), base: base.to_owned(), client: Client::new() }
    }

    /// Comes as a guest.
    ///
    /// # Errors
    ///
    /// When the server does not let them in.
    pub async fn guest(server: &TestServer, name: &str) -> anyhow::Result<Self> {
        Self::guest_at(&server.url(""), name).await
    }

    /// Comes as a guest to a server at this address.
    ///
    /// # Errors
    ///
    /// When the server does not let them in.
    pub async fn guest_at(base: &str, name: &str) -> anyhow::Result<Self> {
        let nobody = Self::nobody_at(base);
        let answer = nobody.post("/api/guests", json!({"name": name})).await?;
        anyhow::ensure!(answer.status == 201, "{answer:?}");
        let id = answer.body["user"]["id"].as_str().context("an id")?.to_owned();
        Ok(Self { id, token: answer.text("token"), ..nobody })
    }

    /// The same place with another secret.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Asks, with a body or without.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request.send().await?).await
    }

    /// `GET`.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.ask(Method::GET, path, None).await
    }

    /// `POST`.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Answer> {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// Makes a sandbox and gives its id.
    ///
    /// # Errors
    ///
    /// When it is not made.
    pub async fn sandbox(&self, question: Value) -> anyhow::Result<String> {
        let answer = self.post("/api/sandboxes", question).await?;
        anyhow::ensure!(answer.status == 201, "{answer:?}");
        Ok(answer.text("id"))
    }

    /// Makes a link to a sandbox and gives its secret.
    ///
    /// # Errors
    ///
    /// When it is not made.
    pub async fn link(&self, sandbox: &str, capability: &str) -> anyhow::Result<String> {
        let path = format!("/api/sandboxes/{sandbox}/links");
        let answer = self.post(&path, json!({"capability": capability})).await?;
        anyhow::ensure!(answer.status == 201, "{answer:?}");
        Ok(answer.text("secret"))
    }

    /// Comes in by a link.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn open(&self, secret: &str) -> anyhow::Result<Answer> {
        self.ask(Method::POST, &format!("/api/links/{secret}"), None).await
    }
}

/// Reads an answer.
///
/// # Errors
///
/// When the connection breaks.
pub async fn answer(response: Response) -> anyhow::Result<Answer> {
    let status: StatusCode = response.status();
    let text = response.text().await?;
    Ok(Answer { status: status.as_u16(), body: serde_json::from_str(&text).unwrap_or(Value::Null) })
}
