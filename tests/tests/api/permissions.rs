//! Every operation and every command, tried in every role: what is allowed stands in one table, and the server keeps to it.

use reqwest::Method;
use serde_json::{Value, json};
use shared::access::{Operation, Role, Switches, allowed};
use shared::api::live::ServerMessage;
use tests::client::Person;
use tests::live::LiveSocket;
use tests::server::TestServer;

const OFF: Switches = Switches { edit_code: false, change_state: false, debug: false, approve_joins: false };

struct Place {
    server: TestServer,
    /// Somebody in each role, the owner last.
    people: Vec<(Role, Person)>,
    stranger: Person,
    sandbox: String,
}

async fn place(switches: &Switches) -> Place {
    let server = TestServer::start().await.unwrap();
    let owner = Person::guest(&server, "owner").await.unwrap();
    let sandbox = owner.sandbox(json!({"files": {"main.exs": "Process.sleep(:infinity)"}})).await.unwrap();
    let path = format!("/api/sandboxes/{sandbox}");
    assert_eq!(owner.ask(Method::PATCH, &path, Some(json!({"switches": switches}))).await.unwrap().status, 200);
    let mut people = Vec::new();
    for role in [Role::Viewer, Role::Editor, Role::Instructor] {
        let person = Person::guest(&server, role.name()).await.unwrap();
        let member = format!("{path}/members/{}", person.id);
        let set = owner.ask(Method::PUT, &member, Some(json!({"role": role}))).await.unwrap();
        assert_eq!(set.status, 200, "{set:?}");
        people.push((role, person));
    }
    people.push((Role::Owner, owner));
    let stranger = Person::guest(&server, "stranger").await.unwrap();
    Place { server, people, stranger, sandbox }
}

/// What is asked for over HTTP, below the sandbox. Those who may do it can still be told that there is nothing to be done.
fn requests() -> Vec<(Operation, Method, &'static str, Option<Value>)> {
    vec![
        (Operation::View, Method::GET, "", None),
        (Operation::View, Method::GET, "/files", None),
        (Operation::View, Method::GET, "/members", None),
        (Operation::View, Method::GET, "/chat", None),
        (Operation::View, Method::GET, "/run", None),
        (Operation::EditCode, Method::POST, "/format", Some(json!({"path": "a.ex", "text": "1+1"}))),
        (Operation::Chat, Method::POST, "/chat", Some(json!({"text": "hi"}))),
        (Operation::Clone, Method::POST, "/clone", Some(json!({}))),
        (Operation::ChangeState, Method::DELETE, "/run", None),
        (Operation::ChangeState, Method::POST, "/run", Some(json!({"paused": true}))),
        (Operation::Share, Method::GET, "/links", None),
        (Operation::Share, Method::POST, "/links", Some(json!({"capability": "view"}))),
        (Operation::Share, Method::DELETE, "/links/link-none", None),
        (Operation::Share, Method::PUT, "/members/user-none", Some(json!({"role": "viewer"}))),
        (Operation::Approve, Method::POST, "/members/user-none/approve", None),
        (Operation::Kick, Method::DELETE, "/members/user-none", None),
        (Operation::Configure, Method::PATCH, "", Some(json!({"name": "Other"}))),
        (Operation::View, Method::GET, "/session", None),
        (Operation::Configure, Method::PATCH, "/session", Some(json!({"participants": 30}))),
        (Operation::Configure, Method::POST, "/session", Some(json!({"minutes": 45}))),
        (Operation::Audit, Method::GET, "/audit", None),
        (Operation::Delete, Method::DELETE, "", None),
    ]
}

#[tokio::test]
async fn requests_are_allowed_as_the_table_says() {
    for switches in [Switches::default(), OFF] {
        let place = place(&switches).await;
        let nobody = Person::nobody(&place.server);
        for (operation, method, path, body) in requests() {
            let path = format!("/api/sandboxes/{}{path}", place.sandbox);
            let ask = async |who: &Person| who.ask(method.clone(), &path, body.clone()).await.unwrap();
            let what = format!("{operation:?} {method} {path}");
            assert_eq!(ask(&nobody).await.code(), "unauthenticated", "{what}");
            assert_eq!(ask(&place.stranger).await.code(), "not_found", "{what}");
            for (role, person) in &place.people {
                let answer = ask(person).await;
                let may = allowed(*role, operation, &switches);
                assert_eq!(answer.code() != "forbidden", may, "{what} as {role:?}: {answer:?}");
                assert!(answer.status < 500, "{what} as {role:?}: {answer:?}");
            }
        }
    }
}

/// What is asked for over the socket.
fn commands() -> Vec<(Operation, Value)> {
    let tell = |input: Value| json!({"command": "tell", "input": input});
    vec![
        (Operation::View, json!({"command": "ping"})),
        (Operation::View, json!({"command": "filter", "kinds": []})),
        (Operation::View, json!({"command": "filter", "kinds": null, "events": {"pattern": "%{event: :sent}"}})),
        (Operation::View, json!({"command": "picture"})),
        (Operation::View, json!({"command": "usage"})),
        (Operation::EditCode, json!({"command": "format", "file": {"path": "a.ex", "text": "1+1"}})),
        (Operation::EditCode, json!({"command": "complete", "path": "a.ex", "before": "Enum.ma"})),
        (Operation::Chat, json!({"command": "say", "text": "hi"})),
        (Operation::ChangeState, json!({"command": "stop"})),
        (Operation::ChangeState, json!({"command": "input", "text": "hi"})),
        (Operation::ChangeState, json!({"command": "evaluate", "code": "1"})),
        (Operation::ChangeState, json!({"command": "upgrade"})),
        (Operation::ChangeState, json!({"command": "session", "text": "1"})),
        (Operation::ChangeState, json!({"command": "end_session"})),
        (Operation::ChangeState, tell(json!({"command": "exit", "pid": 7, "reason": "g3cEa2lsbA=="}))),
        (Operation::Debug, tell(json!({"command": "suspend", "pid": 7}))),
        (Operation::Debug, tell(json!({"command": "set_time_mode", "mode": "frozen"}))),
        (Operation::Debug, json!({"command": "pause"})),
        (Operation::Debug, json!({"command": "continue"})),
        (Operation::Debug, json!({"command": "step", "turns": 1})),
        (Operation::Debug, json!({"command": "inspect", "pid": 7, "items": []})),
        (Operation::Debug, json!({"command": "states", "pid": 7})),
        (Operation::Debug, json!({"command": "tables"})),
        (Operation::Debug, json!({"command": "rows", "table": 1, "count": 1})),
        (Operation::ChangeState, json!({"command": "restart"})),
        (Operation::ChangeState, json!({"command": "run", "options": {"paused": true}})),
    ]
}

#[tokio::test]
async fn commands_are_allowed_as_the_table_says() {
    for switches in [Switches::default(), OFF] {
        let place = place(&switches).await;
        assert!(LiveSocket::open(&place.server, &place.stranger, &place.sandbox, "").await.is_err());
        for (role, person) in &place.people {
            let mut socket = LiveSocket::open(&place.server, person, &place.sandbox, "").await.unwrap();
            for (id, (operation, mut command)) in (1..).zip(commands()) {
                command["id"] = id.into();
                socket.send(&command.to_string()).await.unwrap();
                let reply = socket.until(|message| match message {
                    ServerMessage::Reply { id: replied, error, .. } if replied == id => Some(error),
                    _ => None,
                });
                let error = reply.await.unwrap();
                let may = allowed(*role, operation, &switches);
                let refused = error.as_ref().is_some_and(|error| error.code == "forbidden");
                assert_eq!(!refused, may, "{command} as {role:?}: {error:?}");
            }
        }
    }
}
