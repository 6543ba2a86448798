//! A question to the API over HTTP, and its answer.

use std::cell::RefCell;

use gloo_net::http::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::NetError;

thread_local! {
    /// In a frame of another site cookies may be blocked: then the session goes by this, which is gone with the page.
    static TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on the session goes by this token instead of a cookie.
pub fn use_token(token: Option<String>) {
    TOKEN.set(token);
}

/// The address of a socket of the server, with the token where the session goes by one.
#[must_use]
pub fn socket_url(path: &str) -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let origin = origin.replacen("http", "ws", 1);
    let token = TOKEN.with_borrow(|token| token.as_ref().map(|token| format!("access_token={token}")));
    match token {
        Some(token) if path.contains('?') => format!("{origin}{path}&{token}"),
        Some(token) => format!("{origin}{path}?{token}"),
        None => format!("{origin}{path}"),
    }
}

/// `GET`
///
/// # Errors
///
/// See [`NetError`]; the same for all others here.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, NetError> {
    let (ok, text) = ask(Method::GET, path, None::<&()>).await?;
    read(ok, &text)
}

/// Sends something and reads the answer.
///
/// # Errors
///
/// See [`get`].
pub async fn send<T: DeserializeOwned>(method: Method, path: &str, body: &impl Serialize) -> Result<T, NetError> {
    let (ok, text) = ask(method, path, Some(body)).await?;
    read(ok, &text)
}

/// Asks for something that has no answer but that it is done.
///
/// # Errors
///
/// See [`get`].
pub async fn order(method: Method, path: &str) -> Result<(), NetError> {
    let (ok, text) = ask(method, path, None::<&()>).await?;
    if ok { Ok(()) } else { Err(refusal(&text)) }
}

async fn ask(method: Method, path: &str, body: Option<&impl Serialize>) -> Result<(bool, String), NetError> {
    let mut request = RequestBuilder::new(path).method(method);
    if let Some(token) = TOKEN.with_borrow(Clone::clone) {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    let request = match body {
        Some(body) => request.json(body).map_err(|_| NetError::Unreadable)?,
        None => request.build().map_err(|_| NetError::Unreadable)?,
    };
    // What the browser says about a failure is not fit for people.
    let answer = request.send().await.map_err(|_| NetError::Unreachable)?;
    let ok = answer.ok();
    let text = answer.text().await.map_err(|_| NetError::Unreachable)?;
    Ok((ok, text))
}

fn read<T: DeserializeOwned>(ok: bool, text: &str) -> Result<T, NetError> {
    if ok { serde_json::from_str(text).map_err(|_| NetError::Unreadable) } else { Err(refusal(text)) }
}

fn refusal(text: &str) -> NetError {
    serde_json::from_str(text).map_or(NetError::Unreadable, NetError::Refused)
}

#[cfg(test)]
mod tests {
    use shared::api::Health;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn an_answer_of_the_server_is_read() {
        let text =
            r#"{"status":"ok","server":{"version":"1.2.3","schema":1},"guest":null,"library":null,"programs":"ready"}"#;
        assert_eq!(read::<Health>(true, text).unwrap().server.version, "1.2.3");
    }

    #[test]
    fn an_error_of_the_server_keeps_its_words_and_its_id() {
        let text = r#"{"code":"unavailable","message":"Try again","request_id":"r1"}"#;
        assert_eq!(read::<Health>(false, text).unwrap_err().to_string(), "Try again (request r1)");
    }

    #[test]
    fn what_is_no_answer_of_the_server_is_an_error() {
        assert_eq!(read::<Health>(true, "<html>"), Err(NetError::Unreadable));
        assert_eq!(read::<Health>(false, "Bad gateway"), Err(NetError::Unreadable));
    }
}
