//! Sandboxes that start from a booted one.

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;
use shared::schedule::Schedule;

use super::run::{finish, runtime, workbench};

fn program(arguments: &[&str]) -> Program {
    Program { arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(), ..Program::default() }
}

#[test]
fn a_fork_does_what_a_sandbox_does_that_boots() {
    let expression = "require Logger; IO.inspect({System.argv(), self(), IO.ANSI.enabled?(), File.cwd!(), System.user_home()}); \
        Logger.error(\"oh\"); IO.inspect(Process.registered() |> Enum.sort()); \
        IO.inspect(Enum.map(Application.started_applications(), &elem(&1, 0))); raise \"end\"";
    let program = program(&["-e", expression, "--", "a", "ü"]);
    let booted = finish(runtime().sandbox(Config::default(), &program).expect("a sandbox starts"));
    let forked = finish(workbench().start(Config::default(), &program).expect("a sandbox starts"));
    // The sandboxes differ in what time it is: booting took none in one of them.
    let without_times = |text: &str| -> String {
        text.lines().map(|line| line.split_once(" [error]").map_or(line, |(_, rest)| rest).to_owned() + "\n").collect()
    };
    assert_eq!(without_times(&booted.stdout), without_times(&forked.stdout));
    assert_eq!(without_times(&booted.stderr), without_times(&forked.stderr));
    assert_eq!((booted.status, forked.status), (Some(1), Some(1)));
}

#[test]
fn forks_know_nothing_of_each_other_and_have_seeds_of_their_own() {
    let program = program(&[
        "-e",
        "IO.puts(File.exists?(\"x\")); File.write!(\"x\", \"\"); IO.inspect(:crypto.strong_rand_bytes(8))",
    ]);
    let run = |seed| {
        let config = Config { seed, schedule: Schedule::Random { seed }, ..Config::default() };
        finish(workbench().start(config, &program).expect("a sandbox starts"))
    };
    let (first, second, again) = (run(1), run(2), run(1));
    assert!(first.stdout.starts_with("false\n") && second.stdout.starts_with("false\n"), "{}", first.stderr);
    assert_ne!(first.stdout, second.stdout);
    assert_eq!(first.stdout, again.stdout);
    assert!(first.events == again.events);
    assert_eq!(first.state, again.state);
}
