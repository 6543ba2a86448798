//! How the provider is asked.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, Request};

/// How long it may think.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest answer.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Asks; goes nowhere else, whatever it is told.
#[derive(Debug, Default)]
pub(super) struct Http {
    // Made when it is first needed: most servers have no provider, and reading the system's certificates takes a while.
    client: std::sync::OnceLock<Client>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("no answer")]
    Client(#[from] reqwest::Error),
    #[error("the answer is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
    #[error("the answer makes no sense")]
    Answer(#[from] openidconnect::http::Error),
}

impl Http {
    fn client(&self) -> Result<Client, HttpError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = Client::builder().redirect(Policy::none()).timeout(TIMEOUT).build()?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.client()?.execute(Request::try_from(request)?).await?;
        let mut builder = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            builder = builder.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(builder.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
