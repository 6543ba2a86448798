//! Looks into a machine: processes, tables, values of expressions. Nothing of it is seen by the program, but for a process
//! that evaluates.

use std::collections::BTreeMap;
use std::sync::Arc;

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Process;
use sandbox_runtime::kernel::outside::Outcome;
use sandbox_runtime::machine::Machine;
use shared::api::run::{Large, ReplyValue, TableInfo, Usage, Used};
use shared::command::Command;
use shared::event::Entry;
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Etf, Pid, Ref, Term};

use super::order::Answer;
use crate::error::ApiError;

/// Items of one question.
const ITEMS_MAX: usize = 32;

/// Objects of one answer, and about how many bytes they may have.
const ROWS_MAX: u32 = 1_000;
const ROWS_BYTES_MAX: usize = 1 << 20;

/// Processes that are named because they use much.
const LARGEST: usize = 5;

/// Modules of one answer.
const MODULES_MAX: usize = 5_000;

/// An answer that is larger than this is left out.
const ITEM_BYTES_MAX: usize = 1 << 20;

/// Longest expression.
const CODE_BYTES_MAX: usize = 64 << 10;

/// What a process knows of itself.
pub(super) fn process(machine: &mut Machine<WasmFactory>, pid: Pid, items: &[String]) -> Result<ReplyValue, ApiError> {
    if items.len() > ITEMS_MAX {
        return Err(ApiError::Invalid(format!("Ask for {ITEMS_MAX} items at most")));
    }
    if machine.kernel().process(pid).is_none() {
        return Err(ApiError::NotFound);
    }
    let mut known = BTreeMap::new();
    for item in items {
        if let Some(value) = machine.inspect(pid, item).filter(|value| value.len() <= ITEM_BYTES_MAX) {
            known.insert(item.clone(), value);
        }
    }
    Ok(ReplyValue::Process { items: known })
}

/// How much of its limits a machine uses, and which processes use most.
pub(super) fn usage(machine: &Machine<WasmFactory>) -> ReplyValue {
    let kernel = machine.kernel();
    let used = |(limit, now, most): (LimitKind, u64, u64)| Used {
        limit,
        now,
        most: Some(most).filter(|most| *most < u64::MAX),
    };
    let most = |amount: fn(&Process) -> u64| {
        let amounts = kernel.pids().filter_map(|pid| Some(Large { pid, amount: amount(kernel.process(pid)?) }));
        let mut amounts: Vec<Large> = amounts.filter(|large| large.amount > 0).collect();
        amounts.sort_by_key(|large| (std::cmp::Reverse(large.amount), large.pid));
        amounts.truncate(LARGEST);
        amounts
    };
    ReplyValue::Usage(Usage {
        used: kernel.usage().into_iter().map(used).collect(),
        largest: most(|process| process.memory),
        longest: most(|process| process.mailbox().messages()),
    })
}

/// The modules that were loaded since the machine booted.
pub(super) fn modules(machine: &Machine<WasmFactory>) -> Vec<(Atom, Arc<[u8]>)> {
    machine.kernel().code().iter().map(|(name, module)| (name.clone(), module.code.clone())).take(MODULES_MAX).collect()
}

/// All tables.
pub(super) fn tables(machine: &Machine<WasmFactory>) -> ReplyValue {
    let table = |table: &sandbox_runtime::kernel::ets::Table| TableInfo {
        id: table.id,
        name: table.name.clone(),
        named: table.named,
        kind: table.kind.name().to_owned(),
        protection: table.protection.name().to_owned(),
        owner: table.owner,
        keypos: table.keypos as u64,
        size: table.size(),
        bytes: table.bytes(),
    };
    ReplyValue::Tables { tables: machine.kernel().ets().iter().map(table).collect() }
}

/// Some objects of a table.
pub(super) fn rows(machine: &Machine<WasmFactory>, id: Ref, from: u64, count: u32) -> Result<ReplyValue, ApiError> {
    let table = machine.kernel().ets().get(id).ok_or(ApiError::NotFound)?;
    let skipped = usize::try_from(from).unwrap_or(usize::MAX);
    let mut bytes = 0;
    let mut rows = Vec::new();
    for object in table.objects().skip(skipped).take(count.min(ROWS_MAX) as usize) {
        let row = Etf::of(&Term::tuple(object.clone()));
        bytes += row.len();
        if bytes > ROWS_BYTES_MAX && !rows.is_empty() {
            break;
        }
        rows.push(row);
    }
    Ok(ReplyValue::Rows { rows, size: table.size() })
}

/// Evaluates `code` and ends with what it gave, in words.
const EVALUATOR: &str = r#"
exit(
  {:shutdown,
   try do
     {value, _} = Code.eval_string(code, [], file: "evaluate")
     {:orrery_value, inspect(value, pretty: true)}
   catch
     kind, reason -> {:orrery_error, Exception.format(kind, reason, __STACKTRACE__)}
   end}
)
"#;

/// Starts a process that evaluates an expression; when it ends, [`evaluated`] reads the value from its exit reason.
pub(super) fn evaluate(machine: &mut Machine<WasmFactory>, code: &str) -> Result<Pid, ApiError> {
    if code.len() > CODE_BYTES_MAX {
        return Err(ApiError::TooLarge);
    }
    let booting = || ApiError::Conflict("The system has not started yet".to_owned());
    let leader = machine.kernel().whereis(&Atom::new("user")).ok_or_else(booting)?;
    let binding = Term::list([Term::tuple([Term::atom("code"), Term::binary(code.as_bytes())])]);
    let arguments = Term::list([Term::binary(EVALUATOR.as_bytes()), binding]);
    let entry = Entry::new("Elixir.Code", "eval_string", Etf::of(&arguments));
    match machine.command(Command::Spawn { entry, group_leader: Some(leader), name: None }) {
        Ok(Outcome::Spawned(pid)) => Ok(pid),
        Ok(Outcome::Done) => Err(ApiError::Internal),
        Err(raise) => Err(ApiError::Conflict(format!("No process can be started: {}", raise.reason()))),
    }
}

/// What the evaluating process says with its exit reason.
pub(super) fn evaluated(reason: &Etf) -> Answer {
    let said = reason.decode().ok().and_then(|reason| {
        let [_, said] = reason.as_tuple()? else { return None };
        let [tag, text] = said.as_tuple()? else { return None };
        let failed = match tag.as_atom()? {
            "orrery_value" => false,
            "orrery_error" => true,
            _ => return None,
        };
        Some((String::from_utf8_lossy(text.as_binary()?).into_owned(), failed))
    });
    let (text, failed) = said.unwrap_or_else(|| (format!("** (EXIT) {reason}"), true));
    Ok(Some(ReplyValue::Evaluated { text, failed }))
}
