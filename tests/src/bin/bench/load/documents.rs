//! Documents that have been written in for long, and many of them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tests::bench::print;
use tests::socket::frame;
use tokio_tungstenite::tungstenite::Message;
use yrs::updates::decoder::Decode as _;
use yrs::{Doc, GetString as _, Map as _, Out, ReadTxn as _, Text as _, Transact as _, WriteTxn as _};

use super::server::Server;
use super::{connect, part, until};

/// Opening a document that has been written in for long.
pub(super) async fn join(server: &Server) -> anyhow::Result<()> {
    const OPERATIONS: u32 = 260_000;
    const AT_ONCE: u32 = 1_000;
    /// Keys that are typed in one place.
    const IN_A_ROW: u32 = 20;
    let owner = server.guest().await?;
    let sandbox = owner.sandbox(json!({"files": {"main.exs": "# begin\n"}})).await?;
    let doc = Doc::new();
    doc.transact_mut().apply_update(yrs::Update::decode_v1(&server.state(&owner, &sandbox).await?)?)?;
    let (mut sink, mut stream) = server.code(&owner, &sandbox).await?.split();
    let (mut random, mut at) = (1_u64, 0);
    for _ in 0..OPERATIONS / AT_ONCE {
        let update = {
            let mut txn = doc.transact_mut();
            let Some(Out::YText(file)) = txn.get_or_insert_map("files").get(&txn, "main.exs") else {
                anyhow::bail!("a file")
            };
            for key in 0..AT_ONCE {
                // As people type: now here, now there.
                if key % IN_A_ROW == 0 {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    at = (random >> 33) as u32 % (file.len(&txn) + 1);
                }
                file.insert(&mut txn, at, "x");
                at += 1;
            }
            txn.encode_update_v1()
        };
        sink.send(Message::binary(frame(&[0, 2], &update))).await?;
        // Its own update comes back when it is on the disk.
        until(&mut stream, |bytes| bytes.starts_with(&[0, 2])).await?;
    }
    let (mut received, mut applied) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        let mut socket = connect(&server.code_url(&owner, &sandbox)).await?;
        socket.send(Message::binary(frame(&[0, 0], &[0]))).await?;
        let update = until(&mut socket, |bytes| bytes.starts_with(&[0, 1])).await?;
        received.push(begun.elapsed());
        let copy = Doc::new();
        let length = update[2..].iter().position(|byte| byte & 0x80 == 0).context("a length")? + 1;
        copy.transact_mut().apply_update(yrs::Update::decode_v1(&update[2 + length..])?)?;
        applied.push(begun.elapsed());
        let txn = copy.transact();
        let text = match txn.get_map("files").and_then(|files| files.get(&txn, "main.exs")) {
            Some(Out::YText(file)) => file.get_string(&txn),
            _ => String::new(),
        };
        ensure!(text.matches('x').count() == OPERATIONS as usize, "everything is there");
    }
    print("join-260000-received", "ms", part(&mut received, 1.0), None);
    print("join-260000-applied", "ms", part(&mut applied, 1.0), None);
    Ok(())
}

/// Documents that somebody has open and nobody writes in.
pub(super) async fn idle(server: &Server) -> anyhow::Result<()> {
    const DOCUMENTS: usize = 2_000;
    const EACH: usize = 50;
    const TIME: Duration = Duration::from_secs(5);
    let mut places = Vec::new();
    for _ in 0..DOCUMENTS / EACH {
        let owner = server.guest().await?;
        for _ in 0..EACH {
            places.push((owner.clone(), owner.sandbox(json!({"template": "counter"})).await?));
        }
    }
    let before = server.process.resident()?;
    let mut open = Vec::new();
    for (owner, sandbox) in &places {
        open.push(server.code(owner, sandbox).await?);
    }
    print("idle-document", "kB", (server.process.resident()? - before) / DOCUMENTS as f64, None);
    let used = server.process.processor_time()?;
    tokio::time::sleep(TIME).await;
    let used = (server.process.processor_time()? - used) / TIME.as_secs_f64();
    print("idle-2000-documents-processors", "%", used * 100.0, None);
    drop(open);
    Ok(())
}
