//! A server with a sandbox and the one whose it is.

use reqwest::Method;
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::TestServer;

pub(crate) struct Place {
    pub(crate) server: TestServer,
    pub(crate) owner: Person,
    pub(crate) sandbox: String,
}

impl Place {
    /// A sandbox as it is asked for with `POST /api/sandboxes`.
    pub(crate) async fn new(question: Value) -> Self {
        let server = TestServer::start().await.unwrap();
        let owner = Person::guest(&server, "Owner").await.unwrap();
        let sandbox = owner.sandbox(question).await.unwrap();
        Self { server, owner, sandbox }
    }

    /// A path below the one of the sandbox.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/sandboxes/{}{rest}", self.sandbox)
    }

    /// Somebody who is in by name.
    pub(crate) async fn member(&self, role: &str) -> Person {
        let person = Person::guest(&self.server, role).await.unwrap();
        let path = self.path(&format!("/members/{}", person.id));
        let set = self.owner.ask(Method::PUT, &path, Some(json!({"role": role}))).await.unwrap();
        assert_eq!(set.status, 200, "{set:?}");
        person
    }
}
