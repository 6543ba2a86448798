//! Figures that need machines with real processes in them, or a real server: one JSON object a figure.
//!
//! Started by `cargo xtask bench` with the name of a group; more arguments choose among its figures, where that takes long. One program, since linking one for
//! release takes minutes.

mod beam;
mod load;
mod machine;
mod server;
mod travel;

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let group = arguments.next().unwrap_or_default();
    match group.as_str() {
        "beam" => beam::run(),
        "load" => load::run(&arguments.collect::<Vec<_>>()),
        "machine" => machine::run(&arguments.collect::<Vec<_>>()),
        "server" => server::run(),
        "travel" => travel::run(),
        other => bail!("there is no group of figures `{other}`"),
    }
}
