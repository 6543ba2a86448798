//! New code for a program that runs.

use serde_json::json;
use shared::api::code::{Diagnostic, Severity};
use shared::api::run::{ReplyValue, UpgradedModule, UpgradedProcess};
use tests::socket::{Came, DocSocket};
use yrs::{Map as _, TextPrelim, WriteTxn as _};

use super::{Place, Watcher, place, serving};

/// A counter that changes its state when its code changes.
const COUNTER: &str = r#"
defmodule Counter do
  use GenServer
  def start_link(first), do: GenServer.start_link(__MODULE__, first, name: __MODULE__)
  def init(first), do: {:ok, first}
  def handle_call(:next, _from, %{n: n}), do: {:reply, n, %{n: n + 5}}
  def code_change(_before, n, _extra) when is_integer(n), do: {:ok, %{n: n + 1000}}
end
"#;

async fn write(place: &Place, path: &str, text: &str) {
    let mut code = DocSocket::synced(&place.server, &place.owner, &place.sandbox, "code").await.unwrap();
    code.edit(|txn| {
        txn.get_or_insert_map("files").insert(txn, path, TextPrelim::new(text));
    })
    .await
    .unwrap();
    code.until(&Came::Update).await.unwrap();
}

/// Asks for an upgrade.
async fn upgrade(watcher: &mut Watcher) -> (Vec<Diagnostic>, Vec<UpgradedModule>, Vec<UpgradedProcess>) {
    match watcher.ask("upgrade", json!({})).await {
        Ok(Some(ReplyValue::Upgraded { diagnostics, modules, processes })) => (diagnostics, modules, processes),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn changed_files_are_brought_into_a_program_that_runs() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    assert_eq!(owner.ask("upgrade", json!({})).await, Err("conflict".to_owned()), "nothing runs");
    owner.run(json!({})).await;
    owner.says("serving").await;
    let counter = owner.named("Elixir.Counter");
    assert_eq!(owner.value("GenServer.call(Counter, :next)").await, "7");
    assert_eq!(upgrade(&mut owner).await, Default::default(), "nothing has changed");

    write(&place, "lib/counter.ex", COUNTER).await;
    write(&place, "lib/other.ex", "defmodule Other do\n  def here, do: :yes\nend\n").await;
    let (diagnostics, modules, processes) = upgrade(&mut owner).await;
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let named = |name: &str| modules.iter().find(|module| module.name == *name).unwrap();
    for name in ["Elixir.Counter", "Elixir.Other"] {
        assert_eq!((&named(name).failure, named(name).ended.len(), named(name).in_old_code.len()), (&None, 0, 0));
    }
    assert_eq!((processes.len(), processes[0].pid, &processes[0].failure), (1, counter, &None));
    // The process is the same one, and its state went through code_change.
    assert_eq!(owner.value("GenServer.call(Counter, :next)").await, "1008");
    assert_eq!(owner.value("GenServer.call(Counter, :next)").await, "1013");
    assert_eq!(owner.value("Other.here()").await, ":yes");

    // What cannot be compiled changes nothing.
    write(&place, "lib/counter.ex", "defmodule Counter do\n  def next, do: missing()\nend\n").await;
    let (diagnostics, modules, processes) = upgrade(&mut owner).await;
    let errors: Vec<_> = diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(matches!(&errors[..], [it] if it.start.unwrap().line == 2), "{diagnostics:?}");
    assert_eq!((modules, processes), Default::default());
    owner.until(|seen| seen.diagnostics == diagnostics).await;
    assert_eq!(owner.value("GenServer.call(Counter, :next)").await, "1018");
}
