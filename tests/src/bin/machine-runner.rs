//! A machine of wasm processes that is driven over its standard input and output; the argument is a function of
//! `travel_programs`.

use std::io;

use anyhow::Context as _;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::runner;
use sandbox_runtime::timeline::{Origin, Timeline};
use tests::travel::machine;

fn main() -> anyhow::Result<()> {
    let program = std::env::args().nth(1).context("no program given")?;
    let mut timeline = Timeline::record(machine(Config::default(), &program), Origin::default())?;
    runner::serve(&mut timeline, &mut io::stdin().lock(), &mut io::stdout().lock())?;
    Ok(())
}
