//! Shared documents over their sockets, with a client that can also lie. Standard clients are in `tests/collab`.

use reqwest::Method;
use serde_json::json;
use tests::client::Person;
use tests::socket::{Came, DocSocket, frame};
use yrs::{Doc, Transact as _};
use yrs::{GetString as _, Map as _, Out, ReadTxn as _, Text as _, TextPrelim, TransactionMut, WriteTxn as _};

use crate::place::Place;

async fn place() -> Place {
    Place::new(json!({"files": {"a.ex": "begin"}})).await
}

impl Place {
    async fn socket(&self, who: &Person) -> DocSocket {
        DocSocket::synced(&self.server, who, &self.sandbox, "code").await.unwrap()
    }

    async fn text(&self) -> String {
        self.owner.get(&self.path("/files")).await.unwrap().text("a.ex")
    }
}

fn append(txn: &mut TransactionMut<'_>, text: &str) {
    if let Some(Out::YText(file)) = txn.get_map("files").and_then(|files| files.get(txn, "a.ex")) {
        file.push(txn, text);
    }
}

fn read(doc: &Doc) -> String {
    let txn = doc.transact();
    match txn.get_map("files").and_then(|files| files.get(&txn, "a.ex")) {
        Some(Out::YText(file)) => file.get_string(&txn),
        _ => String::new(),
    }
}

#[tokio::test]
async fn an_edit_reaches_the_others_and_comes_back_as_acknowledgement() {
    let place = place().await;
    let mut one = place.socket(&place.owner).await;
    let mut two = place.socket(&place.member("editor").await).await;
    one.edit(|txn| append(txn, " one")).await.unwrap();
    two.until(&Came::Update).await.unwrap();
    assert_eq!(read(&two.doc), "begin one");
    one.until(&Came::Update).await.unwrap();
    assert_eq!((one.updates, two.updates), (1, 1));
    assert_eq!(place.text().await, "begin one");
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart_once() {
    let Place { mut server, owner, sandbox } = place().await;
    let mut expected = "begin".to_owned();
    for round in 0..3 {
        let who = Person::nobody(&server).with_token(&owner.token);
        let mut socket = DocSocket::synced(&server, &who, &sandbox, "code").await.unwrap();
        assert_eq!(read(&socket.doc), expected);
        for edit in 0..200 {
            let text = format!("{round}.{edit} ");
            socket.edit(|txn| append(txn, &text)).await.unwrap();
            expected.push_str(&text);
        }
        while socket.updates < 200 {
            socket.next().await.unwrap();
        }
        server = server.restart().await.unwrap();
        assert_eq!(socket.closed().await.unwrap(), 1012);
    }
    let who = Person::nobody(&server).with_token(&owner.token);
    let files = who.get(&format!("/api/sandboxes/{sandbox}/files")).await.unwrap();
    assert_eq!(files.text("a.ex"), expected);
}

#[tokio::test]
async fn a_sandbox_says_when_its_files_were_changed() {
    let Place { mut server, owner, sandbox } = place().await;
    let path = format!("/api/sandboxes/{sandbox}");
    let mut changes = Vec::new();
    for text in [None, None, Some(" more")] {
        let who = Person::nobody(&server).with_token(&owner.token);
        let mut socket = DocSocket::synced(&server, &who, &sandbox, "code").await.unwrap();
        if let Some(text) = text {
            socket.edit(|txn| append(txn, text)).await.unwrap();
            socket.until(&Came::Update).await.unwrap();
        }
        server = server.restart().await.unwrap();
        let who = Person::nobody(&server).with_token(&owner.token);
        changes.push(who.get(&path).await.unwrap().body["updated_at"].as_i64().unwrap());
    }
    assert_eq!(changes[0], changes[1], "who only looks changes nothing");
    assert!(changes[2] > changes[1], "{changes:?}");
}

#[tokio::test]
async fn viewers_look_and_cannot_write() {
    let place = place().await;
    let viewer = place.member("viewer").await;
    let mut looking = place.socket(&viewer).await;
    looking.edit(|txn| append(txn, " forged")).await.unwrap();
    looking.until(&Came::Denied).await.unwrap();
    assert_eq!(looking.denials, ["You may not change this document"]);
    // It still sees what others do.
    let mut owner = place.socket(&place.owner).await;
    owner.edit(|txn| append(txn, " real")).await.unwrap();
    looking.until(&Came::Update).await.unwrap();
    assert_eq!(place.text().await, "begin real");
    // As an answer to what the server lacks it is not taken either.
    let mut again = DocSocket::open(&place.server, &viewer, &place.sandbox, "code").await.unwrap();
    again.send(&frame(&[0, 1], &looking.state())).await.unwrap();
    again.until(&Came::Denied).await.unwrap();
    assert_eq!(place.text().await, "begin real");
}

#[tokio::test]
async fn nobody_writes_what_only_the_server_writes() {
    let place = place().await;
    let mut socket = DocSocket::synced(&place.server, &place.owner, &place.sandbox, "session").await.unwrap();
    socket
        .edit(|txn| {
            txn.get_or_insert_map("run").insert(txn, "status", "forged");
        })
        .await
        .unwrap();
    socket.until(&Came::Denied).await.unwrap();
}

#[tokio::test]
async fn a_change_of_role_holds_at_once_for_open_sockets() {
    let place = place().await;
    let editor = place.member("editor").await;
    let mut socket = place.socket(&editor).await;
    socket.edit(|txn| append(txn, " 1")).await.unwrap();
    socket.until(&Came::Update).await.unwrap();
    let path = format!("/api/sandboxes/{}/members/{}", place.sandbox, editor.id);
    place.owner.ask(Method::PUT, &path, Some(json!({"role": "viewer"}))).await.unwrap();
    socket.edit(|txn| append(txn, " 2")).await.unwrap();
    socket.until(&Came::Denied).await.unwrap();
    place.owner.ask(Method::PUT, &path, Some(json!({"role": "editor"}))).await.unwrap();
    // What was refused is missing now, so the server asks for it before it takes what comes after it.
    socket.edit(|txn| append(txn, " 3")).await.unwrap();
    socket.until(&Came::Step1).await.unwrap();
    let state = socket.state();
    socket.send(&frame(&[0, 1], &state)).await.unwrap();
    socket.until(&Came::Update).await.unwrap();
    assert_eq!(place.text().await, "begin 1 2 3");
    let switches = json!({"switches": {"edit_code": false}});
    let sandbox = format!("/api/sandboxes/{}", place.sandbox);
    place.owner.ask(Method::PATCH, &sandbox, Some(switches)).await.unwrap();
    socket.edit(|txn| append(txn, " 4")).await.unwrap();
    socket.until(&Came::Denied).await.unwrap();
    place.owner.ask(Method::DELETE, &path, None).await.unwrap();
    assert_eq!(socket.closed().await.unwrap(), 4403);
    assert_eq!(place.text().await, "begin 1 2 3");
}

#[tokio::test]
async fn sockets_end_with_the_link_the_sandbox_and_the_session() {
    let place = place().await;
    let kim = Person::guest(&place.server, "Kim").await.unwrap();
    kim.open(&place.owner.link(&place.sandbox, "edit").await.unwrap()).await.unwrap();
    let mut by_link = place.socket(&kim).await;
    let links = place.owner.get(&format!("/api/sandboxes/{}/links", place.sandbox)).await.unwrap().body;
    let link = format!("/api/sandboxes/{}/links/{}", place.sandbox, links[0]["id"].as_str().unwrap());
    place.owner.ask(Method::DELETE, &link, None).await.unwrap();
    assert_eq!(by_link.closed().await.unwrap(), 4403);

    let now = place.server.state().clock().now();
    let new = json!({"capability": "edit", "expires_at": now + 1_000});
    let made = place.owner.post(&format!("/api/sandboxes/{}/links", place.sandbox), new).await.unwrap();
    kim.open(&made.text("secret")).await.unwrap();
    let mut by_short_link = place.socket(&kim).await;
    place.server.state().clock().advance(2_000);
    by_short_link.edit(|txn| append(txn, " late")).await.unwrap();
    assert_eq!(by_short_link.closed().await.unwrap(), 4403);

    let mut owner = place.socket(&place.owner).await;
    place.owner.ask(Method::DELETE, &format!("/api/sandboxes/{}", place.sandbox), None).await.unwrap();
    assert_eq!(owner.closed().await.unwrap(), 4404);
    assert!(DocSocket::open(&place.server, &place.owner, &place.sandbox, "code").await.is_err());
}

#[tokio::test]
async fn nobody_writes_under_the_number_of_another() {
    let place = place().await;
    let mut victim = place.socket(&place.member("editor").await).await;
    victim.edit(|txn| append(txn, " hello")).await.unwrap();
    victim.until(&Came::Update).await.unwrap();
    let number = victim.doc.client_id().get();
    let clock = victim.doc.transact().state_vector().get(&victim.doc.client_id());
    let mut attacker = place.socket(&place.member("editor").await).await;
    // A block of nothing that takes the place of what the victim will write next.
    let mut forged = vec![1, 1];
    let mut rest = number;
    while rest >= 0x80 {
        forged.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    forged.extend([rest as u8, u8::try_from(clock).unwrap(), 0, 100, 0]);
    attacker.update(&forged).await.unwrap();
    assert_eq!(attacker.closed().await.unwrap(), 4403);
    victim.edit(|txn| append(txn, " place")).await.unwrap();
    victim.until(&Came::Update).await.unwrap();
    assert_eq!(place.text().await, "begin hello place");
}

#[tokio::test]
async fn hostile_frames_end_the_connection_and_nothing_else() {
    let place = place().await;
    let mut honest = place.socket(&place.owner).await;
    let editor = place.member("editor").await;
    let mut deep = vec![1, 1, 7, 0, 8, 1, 5, b'f', b'i', b'l', b'e', b's', 1];
    deep.extend(std::iter::repeat_n([117, 1], 200_000).flatten());
    deep.extend([126, 0]);
    let hostile: [(&str, Vec<u8>); 9] = [
        ("nothing", vec![]),
        ("an unknown message", vec![77, 1]),
        ("an unknown step", vec![0, 9, 0]),
        ("a length that lies", vec![0, 2, 0xff, 0xff, 0x7f, 1]),
        ("an update that ends too early", frame(&[0, 2], &[5])),
        ("a huge count", frame(&[0, 2], &[0xff, 0xff, 0xff, 0x7f])),
        ("a deep value", frame(&[0, 2], &deep)),
        ("a state vector that lies", frame(&[0, 0], &[0xff, 0xff, 0xff, 0x7f])),
        ("an awareness message that lies", frame(&[1], &[9, 1])),
    ];
    for (what, bytes) in hostile {
        let mut socket = place.socket(&editor).await;
        socket.send(&bytes).await.unwrap();
        assert_eq!(socket.closed().await.unwrap(), 4400, "{what}");
    }
    let mut socket = place.socket(&editor).await;
    socket.send_text("hello").await.unwrap();
    socket.closed().await.unwrap();
    let mut socket = place.socket(&editor).await;
    socket.send(&frame(&[0, 2], &vec![0; 2 << 20])).await.unwrap();
    assert_eq!(socket.closed().await.unwrap(), 4413);
    honest.edit(|txn| append(txn, " fine")).await.unwrap();
    honest.until(&Came::Update).await.unwrap();
    assert_eq!(place.text().await, "begin fine");
}

#[tokio::test]
async fn many_types_in_one_another_are_refused_before_they_can_hurt() {
    let place = place().await;
    let mut socket = place.socket(&place.owner).await;
    for _ in 0..5 {
        let sent = socket
            .edit(|txn| {
                let mut map = txn.get_or_insert_map("settings");
                for _ in 0..1_000 {
                    map = map.insert(txn, "x", yrs::MapPrelim::default());
                }
            })
            .await;
        if sent.is_err() {
            break;
        }
    }
    assert_eq!(socket.closed().await.unwrap(), 4413);
    // Deleting them all, as deep as they lie, works.
    let mut socket = place.socket(&place.owner).await;
    socket.edit(|txn| drop(txn.get_or_insert_map("settings").remove(txn, "x"))).await.unwrap();
    socket.until(&Came::Update).await.unwrap();
    assert_eq!(place.text().await, "begin");
}

#[tokio::test]
async fn strangers_and_nobody_do_not_get_in() {
    let place = place().await;
    let stranger = Person::guest(&place.server, "Stranger").await.unwrap();
    let nobody = Person::nobody(&place.server);
    for who in [&stranger, &nobody] {
        assert!(DocSocket::open(&place.server, who, &place.sandbox, "code").await.is_err());
    }
    assert!(DocSocket::open(&place.server, &place.owner, &place.sandbox, "secrets").await.is_err());
    let state = place.owner.get(&format!("/api/sandboxes/{}/docs/nothing/state", place.sandbox)).await.unwrap();
    assert_eq!(state.code(), "not_found");
    // Without an upgrade it is a request that makes no sense.
    let plain = place.owner.get(&format!("/api/sandboxes/{}/docs/code", place.sandbox)).await.unwrap();
    assert_eq!(plain.code(), "invalid");
}

#[tokio::test]
async fn two_clients_that_write_at_once_end_up_with_the_same() {
    let place = place().await;
    let mut one = place.socket(&place.owner).await;
    let mut two = place.socket(&place.owner).await;
    for round in 0..100 {
        one.edit(|txn| append(txn, &format!("a{round}"))).await.unwrap();
        two.edit(|txn| append(txn, &format!("b{round}"))).await.unwrap();
    }
    while one.updates < 200 || two.updates < 200 {
        if one.updates < 200 {
            one.next().await.unwrap();
        }
        if two.updates < 200 {
            two.next().await.unwrap();
        }
    }
    assert_eq!(read(&one.doc), read(&two.doc));
    assert_eq!(place.text().await, read(&one.doc));
    assert_eq!(read(&one.doc).matches('a').count(), 100);
}

#[tokio::test]
async fn a_new_file_reaches_everybody() {
    let place = place().await;
    let mut one = place.socket(&place.owner).await;
    one.edit(|txn| {
        txn.get_or_insert_map("files").insert(txn, "b.ex", TextPrelim::new("new 👋"));
        txn.get_or_insert_map("files").insert(txn, "../b.ex", TextPrelim::new("no file"));
    })
    .await
    .unwrap();
    one.until(&Came::Update).await.unwrap();
    let files = place.owner.get(&format!("/api/sandboxes/{}/files", place.sandbox)).await.unwrap().body;
    assert_eq!(files, json!({"a.ex": "begin", "b.ex": "new 👋"}));
}
