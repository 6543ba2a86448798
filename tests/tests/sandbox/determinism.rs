//! The same program, the same events.

use sandbox_runtime::kernel::Config;
use shared::schedule::Schedule;

use super::run::eval_with;

const PROGRAM: &str = r#"
    defmodule Counter do
      use Agent
      def start_link(n), do: Agent.start_link(fn -> n end, name: __MODULE__)
    end
    {:ok, _} = Counter.start_link(:rand.uniform(1000))
    1..20
    |> Task.async_stream(fn n -> Agent.update(Counter, &(&1 + n)); Process.sleep(:rand.uniform(20)); n end)
    |> Enum.map(fn {:ok, n} -> n end)
    |> IO.inspect()
    IO.inspect({Agent.get(Counter, & &1), make_ref(), System.unique_integer(), System.monotonic_time(), DateTime.utc_now()})
"#;

fn config(seed: u64, schedule: Schedule) -> Config {
    Config { seed, schedule, ..Config::default() }
}

#[test]
fn a_program_run_twice_does_the_same_in_every_event() {
    for schedule in [Schedule::Default, Schedule::Random { seed: 3 }] {
        let [first, second] = [(); 2].map(|()| eval_with(config(7, schedule.clone()), PROGRAM));
        assert_eq!(first.status, Some(0), "{}", first.stderr);
        assert_eq!(first.stdout, second.stdout);
        assert!(first.events == second.events, "{} and {} events", first.events.len(), second.events.len());
        assert_eq!(first.state, second.state);
    }
}

#[test]
fn another_seed_gives_other_random_numbers() {
    let expression = "IO.inspect(:crypto.strong_rand_bytes(16))";
    let [first, second] = [1, 2].map(|seed| eval_with(config(seed, Schedule::Default), expression));
    assert_ne!(first.stdout + &first.stderr, second.stdout + &second.stderr);
}
