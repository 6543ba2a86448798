//! What `init` is given: the arguments that the programs `erl` and `elixir` start the emulator with.

use super::program::Program;
use super::tree::{ELIXIR_APPS, Layout};

/// The release whose boot script the library has.
pub(super) const RELEASE: &str = "start_clean";

/// The arguments of `init:boot/1` for a program.
pub(super) fn of_init(layout: &Layout, program: &Program) -> Vec<String> {
    let mut arguments = up_to_start(layout, program);
    arguments.extend(["-s", "elixir", "start_cli", "-user", "orrery_user", "-extra"].map(str::to_owned));
    arguments.extend(program.arguments.iter().cloned());
    arguments
}

/// The same for a sandbox that waits to be told its program.
pub(super) fn of_waiting(layout: &Layout) -> Vec<String> {
    let mut arguments = up_to_start(layout, &Program::default());
    arguments.extend(["-s", "orrery_start", "wait", "-user", "orrery_user", "-extra"].map(str::to_owned));
    arguments
}

fn up_to_start(layout: &Layout, program: &Program) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    let bin = format!("{}/bin", layout.erlang_root);
    add(&["-root", &layout.erlang_root, "-bindir", &bin, "-progname", "erl", "--", "-home", &program.home, "--"]);
    add(&["-boot", &format!("{bin}/{RELEASE}"), "-noshell", "-elixir_root", &layout.elixir_lib]);
    add(&["-pa"]);
    // Newer ones find the other applications by `-elixir_root`.
    for app in if layout.has_elixir_root { &["elixir"][..] } else { &ELIXIR_APPS } {
        add(&[&format!("{}/{app}/ebin", layout.elixir_lib)]);
    }
    add(&["-elixir", "ansi_enabled", if program.is_ansi { "true" } else { "false" }]);
    arguments
}
