//! The compile service.

use std::sync::Arc;
use std::time::Duration;

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::compile::{CONSOLIDATED, CompileLimits, Compiled, Compiler, DIRECTORY, EBIN, Sources};
use sandbox_runtime::kernel::Config;
use shared::api::code::{Diagnostic, Place, Severity};
use shared::limits::Limits;

use super::run::{Outcome, finish, workbench};

fn sources(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().into())).collect()
}

fn compile(files: &[(&str, &str)]) -> Compiled {
    compile_after(files, None)
}

fn compile_after(files: &[(&str, &str)], previous: Option<&Compiled>) -> Compiled {
    let compiler = Compiler::new(workbench().clone());
    compiler.compile(&sources(files), previous, &CompileLimits::default()).expect("a sandbox can be made")
}

fn names(compiled: &Compiled) -> Vec<&str> {
    compiled.modules().map(|module| module.name.as_str()).collect()
}

fn only(compiled: &Compiled) -> &Diagnostic {
    let all: Vec<_> = compiled.diagnostics().collect();
    assert_eq!(all.len(), 1, "{all:?}\n{}", compiled.output());
    all[0]
}

/// Runs what was compiled.
fn run(compiled: &Compiled, expression: &str) -> Outcome {
    let arguments = ["-pa", EBIN, "-pa", CONSOLIDATED, "-e", expression].map(str::to_owned).to_vec();
    let program = Program { arguments, files: compiled.files(), directory: DIRECTORY.into(), ..Program::default() };
    finish(workbench().start(Config::default(), &program).expect("a sandbox starts"))
}

#[test]
fn files_of_both_languages_are_compiled_and_run() {
    let compiled = compile(&[
        ("include/limits.hrl", "-define(MAX, 3).\n"),
        (
            "src/limits.erl",
            "-module(limits).\n-behaviour(bounded).\n-export([max/0]).\n-include(\"limits.hrl\").\nmax() -> ?MAX.\n",
        ),
        ("src/bounded.erl", "-module(bounded).\n-callback max() -> integer().\n"),
        ("lib/shape.ex", "defprotocol Shape do\n  def area(shape)\nend\n"),
        (
            "lib/square.ex",
            "defmodule Square do\n  use Sized\n  defstruct [:side]\n  defimpl Shape do\n    def area(s), do: s.side * s.side\n  end\nend\n",
        ),
        (
            "lib/sized.ex",
            "defmodule Sized do\n  defmacro __using__(_), do: quote(do: def(size, do: :limits.max()))\nend\n",
        ),
        ("main.exs", "IO.puts 1"),
        ("data.txt", "text"),
    ]);
    assert!(compiled.is_ok(), "{:?}", compiled.diagnostics().collect::<Vec<_>>());
    assert_eq!(compiled.diagnostics().count(), 0);
    let mut modules = names(&compiled);
    modules.sort_unstable();
    let elixir = ["Elixir.Shape", "Elixir.Shape.Square", "Elixir.Sized", "Elixir.Square"];
    assert_eq!(modules, [&elixir[..], &["bounded", "limits"]].concat());
    assert_eq!(compiled.consolidated().len(), 1);
    let expression = "IO.inspect({Shape.area(%Square{side: 3}), Square.size(), Protocol.consolidated?(Shape), File.read!(\"data.txt\")})";
    let outcome = run(&compiled, expression);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("{9, 3, true, \"text\"}\n", ""));
}

#[test]
fn errors_and_warnings_say_where_they_are() {
    let undefined = compile(&[("lib/a.ex", "defmodule A do\n  def f, do: nothing\nend\n")]);
    assert!(!undefined.is_ok());
    let diagnostic = only(&undefined);
    assert_eq!((diagnostic.file.as_deref(), diagnostic.severity), (Some("lib/a.ex"), Severity::Error));
    assert_eq!(diagnostic.start, Some(Place { line: 2, column: Some(14) }));
    assert!(diagnostic.message.contains("undefined variable \"nothing\""), "{}", diagnostic.message);

    let unused = compile(&[("lib/a.ex", "defmodule A do\n  def f(x), do: B.g()\n  @impl true\n  def h, do: 1\nend\n")]);
    assert!(unused.is_ok());
    let said: Vec<_> =
        unused.diagnostics().map(|diagnostic| (diagnostic.severity, diagnostic.start.map(|at| at.line))).collect();
    assert!(said.contains(&(Severity::Warning, Some(2))) && said.len() >= 3, "{said:?}");

    let syntax = compile(&[("lib/a.ex", "defmodule A do\n  def f(, do: 1\nend\n")]);
    assert_eq!(only(&syntax).start.map(|at| at.line), Some(2));

    let script = compile(&[("main.exs", "IO.puts(\"a\"\n")]);
    assert_eq!((only(&script).file.as_deref(), only(&script).severity), (Some("main.exs"), Severity::Error));

    let erlang = compile(&[("src/a.erl", "-module(a).\n-export([f/0]).\nf() -> g().\nh() -> 1.\n")]);
    let said: Vec<_> = erlang.diagnostics().map(|d| (d.severity, d.start, d.message.as_str())).collect();
    assert!(
        said.contains(&(Severity::Error, Some(Place { line: 3, column: Some(8) }), "function g/0 undefined")),
        "{said:?}"
    );
}

#[test]
fn only_what_has_changed_is_compiled_again() {
    let user = ("lib/user.ex", "defmodule User do\n  def f, do: Used.g()\nend\n");
    let alone = ("lib/alone.ex", "defmodule Alone do\n  def f, do: 1\nend\n");
    let first = compile(&[user, alone, ("lib/used.ex", "defmodule Used do\n  def g, do: 1\nend\n")]);
    assert_eq!(first.compiled().len(), 3);
    let same = compile_after(&[user, alone, ("lib/used.ex", "defmodule Used do\n  def g, do: 1\nend\n")], Some(&first));
    assert!(same.compiled().is_empty() && same.modules().count() == 3);
    let changed = [user, alone, ("lib/used.ex", "defmodule Used do\n  def g, do: 2\nend\n")];
    let second = compile_after(&changed, Some(&first));
    assert_eq!(second.compiled(), ["lib/used.ex", "lib/user.ex"]);
    assert_eq!(run(&second, "IO.inspect({User.f(), Alone.f()})").stdout, "{2, 1}\n");
    let without = compile_after(&[user, alone], Some(&second));
    assert_eq!(
        (without.compiled(), names(&without)),
        (&["lib/user.ex".to_owned()][..], vec!["Elixir.Alone", "Elixir.User"])
    );
    assert!(only(&without).message.contains("Used.g/0 is undefined"), "{}", only(&without).message);
    let again = compile_after(&changed, Some(&without));
    assert_eq!(
        (again.compiled(), again.diagnostics().count()),
        (&["lib/used.ex".to_owned(), "lib/user.ex".to_owned()][..], 0)
    );
}

#[test]
fn the_same_is_compiled_once_and_would_become_the_same() {
    let odd = "defmodule Odd do
  @odd inspect({System.os_time(), System.monotonic_time(), :rand.uniform(), make_ref(), self(), System.unique_integer()})
  def odd, do: @odd
end
";
    let once = |compiler: &Compiler| {
        let compiled = compiler.compile(&sources(&[("lib/odd.ex", odd)]), None, &CompileLimits::default());
        let compiled = compiled.expect("a sandbox can be made");
        compiled.modules().next().expect("a module").code.clone()
    };
    let compiler = Compiler::new(workbench().clone());
    let first = once(&compiler);
    assert!(Arc::ptr_eq(&first, &once(&compiler)));
    // Another one knows nothing of it.
    let other = once(&Compiler::new(workbench().clone()));
    assert!(!Arc::ptr_eq(&first, &other) && first == other);
}

#[test]
fn a_compile_bomb_is_a_diagnostic() {
    let limited = |source: &str| {
        let sandbox =
            Limits { total_reductions: 60_000_000, process_bytes: 64 << 20, ..CompileLimits::default().sandbox };
        let limits = CompileLimits { sandbox, time: Duration::from_secs(60) };
        let compiler = Compiler::new(workbench().clone());
        compiler.compile(&sources(&[("lib/bomb.ex", source)]), None, &limits).expect("a sandbox can be made")
    };
    for (source, expected) in [
        ("defmodule Bomb do\n  Stream.cycle([1]) |> Enum.each(& &1)\nend\n", "may run for ever"),
        (
            "defmodule Bomb do\n  defmacro m, do: quote(do: Bomb.m())\nend\ndefmodule B do\n  require Bomb\n  Bomb.m()\nend\n",
            "takes more than 64 MB of memory",
        ),
        ("defmodule Bomb do\n  receive do: (:never -> 1)\nend\n", "waits for a message that nobody sends"),
        ("defmodule Bomb do\n  System.halt(0)\nend\n", "stopped the system while it was compiled"),
        ("defmodule Bomb do\n  @list Enum.to_list(1..100_000_000)\nend\n", "takes more than 64 MB of memory"),
        // The compiler works on this in another process, whose end it would not understand.
        (
            "defmodule Bomb do\n  for i <- 1..3000, do: def(f(unquote(i), x), do: {unquote(i), x, [x, x + unquote(i)]})\nend\n",
            "takes more than 64 MB of memory",
        ),
        ("defmodule Bomb do\n  File.rm_rf!(\"/\")\nend\n", ""),
        ("defmodule Bomb do\n  System.cmd(\"ls\", [])\nend\n", "enoent"),
        ("defmodule Bomb do\n  for p <- Process.list(), do: Process.exit(p, :kill)\nend\n", ""),
    ] {
        let bombed = limited(source);
        assert!(!bombed.is_ok(), "{source}\n{}", bombed.output());
        let said: Vec<&str> = bombed.diagnostics().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert!(said.iter().any(|message| message.contains(expected)), "{source}: {said:?}");
    }
}
