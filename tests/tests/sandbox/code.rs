//! Code that is loaded while a sandbox runs.

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::Stopped;

use super::run::{eval, finish, runtime};

/// Enough processes that the later ones begin with the code.
const MANY: &str =
    "many = fn -> 1..60 |> Enum.map(fn _ -> Task.async(fn -> V.f() end) end) |> Task.await_many() |> Enum.uniq() end;";

fn define(value: u32) -> String {
    format!("Code.compile_string(\"defmodule V do def f, do: {value} end\");")
}

#[test]
fn processes_run_the_newest_code_of_their_sandbox() {
    let (first, second) = (define(1), define(2));
    let program = format!(
        "{first} {MANY} IO.inspect(many.()); {second} IO.inspect(many.()); IO.inspect(many.()); \
         :code.purge(V); :code.delete(V); IO.inspect(Task.async(fn -> function_exported?(V, :f, 0) end) |> Task.await())"
    );
    let outcome = eval(&program);
    assert_eq!((outcome.stdout.as_str(), outcome.status), ("[1]\n[2]\n[2]\nfalse\n", Some(0)), "{}", outcome.stderr);
}

#[test]
fn a_fork_goes_on_as_its_origin_with_code_of_its_own() {
    let program = format!("{} {MANY} for _ <- 1..3, do: IO.inspect(many.())", define(1));
    let program = Program { arguments: ["-e".to_owned(), program].to_vec(), ..Program::default() };
    let straight = finish(runtime().sandbox(Config::default(), &program).expect("a sandbox starts"));
    assert_eq!(straight.stdout, "[1]\n[1]\n[1]\n", "{}", straight.stderr);
    let mut machine = runtime().sandbox(Config::default(), &program).expect("a sandbox starts");
    while machine.run(1_000) == Stopped::TurnLimit {}
    let all = machine.turns();
    for turns in [all / 2, all * 3 / 4, all * 7 / 8, all - 10] {
        let mut machine = runtime().sandbox(Config::default(), &program).expect("a sandbox starts");
        assert_eq!(machine.run(turns), Stopped::TurnLimit);
        let before = machine.take_events().len();
        let fork = finish(machine.fork().expect("processes can be saved"));
        assert!(straight.events[before..] == fork.events, "forked after {turns} turns");
        assert_eq!(straight.state, fork.state);
    }
}
