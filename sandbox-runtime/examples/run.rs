//! Runs a function of compiled modules in a sandbox of wasm instances, and prints what its console shows.
//!
//! `run GUEST.wasm [-pa DIR]... [-preload DIR]... MODULE FUNCTION [INTEGER]...`: modules are loaded on demand from the
//! folders of `-pa`; all of those of `-preload` are part of the template that processes start from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use sandbox_runtime::host::engine::GuestEngine;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::host::template::Template;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::{Machine, Stopped};
use shared::command::Command;
use shared::event::Entry;
use shared::{Etf, Term};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let wasm = std::fs::read(args.next().ok_or("no guest given")?)?;
    let (mut folders, mut preload, mut call) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-pa" => folders.extend(args.next().map(PathBuf::from)),
            "-preload" => preload.extend(args.next().map(PathBuf::from)),
            _ => call.push(arg),
        }
    }
    let [module, function, numbers @ ..] = &call[..] else { return Err("no module and function given".into()) };

    let begun = Instant::now();
    let engine = GuestEngine::new()?;
    let beam = engine.compile(&wasm)?;
    eprintln!("compiled in {:?}", begun.elapsed());

    let begun = Instant::now();
    let files = preload.iter().flat_map(|folder| beams(folder)).collect::<Vec<_>>();
    let (template, failures) = Template::new(&engine, &beam, files.iter().map(|(_, bytes)| &bytes[..]))?;
    for failure in failures {
        eprintln!("{}: {}", files[failure.index].0.display(), failure.reason);
    }
    eprintln!("template of {} modules, {} bytes, in {:?}", files.len(), template.length(), begun.elapsed());

    let library =
        Arc::new(move |name: &str| folders.iter().find_map(|f| std::fs::read(f.join(format!("{name}.beam"))).ok()));
    let mut machine = Machine::new(Config::default(), WasmFactory::new(template, Some(library)));
    let arguments = numbers.iter().map(|n| n.parse::<i64>().map(Term::from)).collect::<Result<Vec<Term>, _>>()?;
    let entry = Entry::new(module, function, Etf::of(&Term::list(arguments)));
    let begun = Instant::now();
    machine.command(Command::Spawn { entry, group_leader: None, name: None }).map_err(|e| format!("{e:?}"))?;
    while let Stopped::TurnLimit = machine.run(1_000) {}
    eprintln!("ran {} turns in {:?}", machine.turns(), begun.elapsed());
    for event in machine.take_events() {
        eprintln!("{event:?}");
    }
    println!("{}", String::from_utf8_lossy(&machine.kernel().console().output()));
    Ok(())
}

/// The `.beam` files of a folder.
fn beams(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> =
        entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "beam")).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes))).collect()
}
