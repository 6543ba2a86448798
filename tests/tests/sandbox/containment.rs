//! What a program cannot do, and what it is told then.

use sandbox_runtime::kernel::Config;
use shared::limits::Limits;

use super::run::{Outcome, eval, eval_with};

fn fails_with(outcome: &Outcome, text: &str) {
    assert_eq!(outcome.status, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(text), "{text:?} in: {}", outcome.stderr);
}

#[test]
fn a_program_prints_and_ends_with_its_status() {
    let outcome = eval("IO.puts(\"hello world\")");
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str(), outcome.status), ("hello world\n", "", Some(0)));
    assert_eq!(eval("System.halt(3)").status, Some(3));
    fails_with(&eval("raise \"boom\""), "** (RuntimeError) boom");
}

#[test]
fn what_is_written_to_the_standard_error_stays_apart() {
    let outcome = eval("IO.puts(:stderr, \"zwölf\"); IO.puts(\"elf\")");
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("elf\n", "zwölf\n"));
}

#[test]
fn there_are_no_programs_of_the_operating_system() {
    fails_with(&eval("System.cmd(\"ls\", [])"), ":enoent");
    fails_with(&eval(":os.cmd(~c\"ls\")"), "enoent");
    let port = eval("IO.inspect(try do Port.open({:spawn, \"cat\"}, []) rescue e -> e end)");
    assert!(port.stdout.contains("enoent"), "{}", port.stdout);
}

#[test]
fn the_library_cannot_be_changed_and_nothing_else_is_there() {
    let outcome = eval("IO.inspect(Enum.sort(File.ls!(\"/\"))); File.rm_rf(\"/\"); IO.inspect(File.ls!(\"/\"))");
    assert_eq!(outcome.stdout, "[\"home\", \"otp\", \"tmp\"]\n[\"otp\"]\n");
    let outcome = eval("IO.inspect(File.rm(Path.join(:code.lib_dir(:stdlib), \"ebin/lists.beam\")))");
    assert_eq!(outcome.stdout, "{:error, :erofs}\n");
}

#[test]
fn the_library_is_there_as_files() {
    let expression = "IO.inspect({:code.which(:lists), :code.which(Enum), Application.spec(:stdlib, :vsn) != nil}); \
        {:ok, {Enum, [atoms: atoms]}} = :beam_lib.chunks(:code.which(Enum), [:atoms]); IO.inspect(length(atoms) > 100)";
    let outcome = eval(expression);
    assert!(outcome.stdout.starts_with("{~c\"/otp/erlang/lib/stdlib-"), "{}{}", outcome.stdout, outcome.stderr);
    assert!(
        outcome.stdout.contains("~c\"/otp/elixir/lib/elixir/ebin/Elixir.Enum.beam\", true}\ntrue\n"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn documentation_can_be_read() {
    let expression = "{:docs_v1, _, :elixir, _, %{\"en\" => text}, _, _} = Code.fetch_docs(String); \
        IO.puts(text |> String.split(\"\\n\") |> hd()); {:docs_v1, _, :erlang, _, _, _, _} = Code.fetch_docs(:lists); \
        path = :code.which(String); IO.inspect(File.stat!(path).size == byte_size(File.read!(path)))";
    let outcome = eval(expression);
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr.as_str()),
        ("Strings in Elixir are UTF-8 encoded binaries.\ntrue\n", "")
    );
}

#[test]
fn loops_end_at_the_limit_of_reductions() {
    let limits = Limits { total_reductions: 20_000_000, ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let outcome = eval_with(config, "Stream.cycle([1]) |> Enum.each(& &1)");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (None, ""));
}

#[test]
fn input_ends_where_there_is_none() {
    assert_eq!(eval("IO.inspect(IO.gets(\"? \"))").stdout, "? :eof\n");
}
