//! `GET /api/health`.

use gloo_net::http::Request;
use shared::api::Health;

use super::NetError;

/// Asks the server how it is.
///
/// # Errors
///
/// See [`NetError`].
pub async fn fetch() -> Result<Health, NetError> {
    // What the browser says about a failure is not fit for people.
    let answer = Request::get("/api/health").send().await.map_err(|_| NetError::Unreachable)?;
    let ok = answer.ok();
    let text = answer.text().await.map_err(|_| NetError::Unreachable)?;
    read(ok, &text)
}

fn read(ok: bool, text: &str) -> Result<Health, NetError> {
    if ok {
        return serde_json::from_str(text).map_err(|_| NetError::Unreadable);
    }
    Err(serde_json::from_str(text).map_or(NetError::Unreadable, NetError::Refused))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn an_answer_of_the_server_is_read() {
        let text = r#"{"status":"ok","server":{"version":"1.2.3","schema":1},"guest":null,"library":null}"#;
        assert_eq!(read(true, text).unwrap().server.version, "1.2.3");
    }

    #[test]
    fn an_error_of_the_server_keeps_its_words_and_its_id() {
        let text = r#"{"code":"unavailable","message":"Try again","request_id":"r1"}"#;
        assert_eq!(read(false, text).unwrap_err().to_string(), "Try again (request r1)");
    }

    #[test]
    fn what_is_no_answer_of_the_server_is_an_error() {
        assert_eq!(read(true, "<html>"), Err(NetError::Unreadable));
        assert_eq!(read(false, "Bad gateway"), Err(NetError::Unreadable));
    }
}
