//! A copy of everything, and back.

use std::fs;
use std::path::Path;

use backend::store::{BackupError, Elsewhere, Store, StoreError, back_up, restore};
use serde_json::json;
use tests::client::Person;
use tests::server::TestServer;

use crate::place::Place;
use crate::runs::{NEXT, serving};
use crate::watcher::watch;

const HERE: Elsewhere<'_> = Elsewhere { database: None, blobs: None };

/// Whether the tests are run with a database that is copied by its own tools.
fn is_elsewhere() -> bool {
    std::env::var_os("ORRERY_TEST_DATABASE").is_some()
}

#[tokio::test]
async fn everything_is_copied_while_the_server_runs_and_comes_back() {
    let place = Place::new(json!({"files": serving()})).await;
    let copies = tempfile::tempdir().unwrap();
    let (copy, data) = (copies.path().join("copy.tar"), tempfile::tempdir().unwrap());
    if is_elsewhere() {
        let url = Elsewhere { database: Some("postgres:///"), ..HERE };
        assert!(matches!(back_up(place.server.data(), url, &copy).await, Err(BackupError::Postgres)));
        assert!(matches!(restore(&copy, data.path(), url).await, Err(BackupError::Postgres)));
        return;
    }
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    assert_eq!(owner.value(NEXT).await, "7");
    drop(owner);
    place.park().await;
    place.owner.post(&place.path("/chat"), json!({"text": "before"})).await.unwrap();
    let made = back_up(place.server.data(), HERE, &copy).await.unwrap();
    assert_eq!((made.installation, made.machines()), (place.server.state().store().installation(), 1));
    place.owner.post(&place.path("/chat"), json!({"text": "after"})).await.unwrap();
    place.owner.ask(reqwest::Method::DELETE, "/api/account", None).await.unwrap();

    let back = restore(&copy, data.path(), HERE).await.unwrap();
    assert_eq!(back, made);
    let server = TestServer::start_on(data, None).await.unwrap();
    assert_eq!(server.state().store().installation(), made.installation);
    let owner = Person::nobody(&server).with_token(&place.owner.token);
    assert_eq!(owner.get(&place.path("/files")).await.unwrap().body, serving());
    let said = owner.get(&place.path("/chat")).await.unwrap().body;
    let said: Vec<&str> = said["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect();
    assert_eq!(said, ["before"]);
    assert_eq!(watch(&server, &owner, &place.sandbox).await.value(NEXT).await, "8");
}

#[tokio::test]
async fn one_server_has_it_all() {
    let server = TestServer::start().await.unwrap();
    let other = tempfile::tempdir().unwrap();
    match server.database() {
        None => {
            let refused = Store::open(server.data(), HERE).await;
            assert!(matches!(refused, Err(StoreError::InUse { .. })), "{refused:?}");
        }
        Some(url) => {
            let refused = Store::open(other.path(), Elsewhere { database: Some(url), ..HERE }).await;
            assert!(matches!(refused, Err(StoreError::DatabaseInUse)), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_written_over() {
    if is_elsewhere() {
        return;
    }
    let place = Place::new(json!({})).await;
    let copies = tempfile::tempdir().unwrap();
    let (copy, data) = (copies.path().join("copy.tar"), place.server.data());
    fs::write(&copy, "mine").unwrap();
    assert!(matches!(back_up(data, HERE, &copy).await, Err(BackupError::Exists { .. })));
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    assert!(matches!(back_up(copies.path(), HERE, &copy).await, Err(BackupError::Nothing { .. })));
    let whole = copies.path().join("whole.tar");
    back_up(data, HERE, &whole).await.unwrap();
    // A server runs there.
    assert!(matches!(restore(&whole, data, HERE).await, Err(BackupError::Store(_))));
    let used = copies.path().join("used");
    fs::create_dir(&used).unwrap();
    fs::write(used.join("letter.txt"), "mine").unwrap();
    assert!(matches!(restore(&whole, &used, HERE).await, Err(BackupError::Exists { .. })));
    assert_eq!(fs::read_to_string(used.join("letter.txt")).unwrap(), "mine");
}

#[tokio::test]
async fn a_damaged_copy_is_refused_as_a_whole() {
    if is_elsewhere() {
        return;
    }
    let place = Place::new(json!({"files": {"a.ex": "# this is in it"}})).await;
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy.tar");
    back_up(place.server.data(), HERE, &copy).await.unwrap();
    let whole = fs::read(&copy).unwrap();
    let text = b"this is in it";
    let place = whole.windows(text.len()).position(|window| window == text).expect("documents are not compressed");
    let mut changed = whole.clone();
    changed[place] = b'T';
    let mut foreign = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    header.set_cksum();
    foreign.append_data(&mut header, "backup.json", &b"{}"[..]).unwrap();
    let damaged = [
        changed,
        whole[..whole.len() / 2].to_vec(),
        whole[..512].to_vec(),
        Vec::new(),
        b"not an archive at all".repeat(100),
        foreign.into_inner().unwrap(),
    ];
    for (i, bytes) in damaged.into_iter().enumerate() {
        let file = copies.path().join(format!("damaged-{i}.tar"));
        fs::write(&file, bytes).unwrap();
        let data = copies.path().join(format!("data-{i}"));
        let refused = restore(&file, &data, HERE).await;
        assert!(matches!(refused, Err(BackupError::Damaged { .. })), "{i}: {refused:?}");
        assert!(is_empty(&data), "{i}");
    }
    restore(&copy, &copies.path().join("data"), HERE).await.unwrap();
}

/// But for the file that keeps servers out.
fn is_empty(data: &Path) -> bool {
    fs::read_dir(data).unwrap().all(|entry| entry.unwrap().file_name() == "lock")
}
