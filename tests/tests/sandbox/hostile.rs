//! Programs that mean harm: each is contained, and each says in words what was in its way.

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;
use shared::limits::Limits;

use super::run::{Outcome, finish, workbench};

/// Runs a program within limits small enough for a test.
fn run(source: &str) -> Outcome {
    let arguments = ["-e", source].map(str::to_owned).to_vec();
    let limits = Limits {
        processes: 500,
        atoms: 20_000,
        process_bytes: 64 << 20,
        total_bytes: 256 << 20,
        total_reductions: 100_000_000,
        ..Limits::default()
    };
    let program = Program { arguments, ..Program::default() };
    finish(workbench().start(Config { limits, ..Config::default() }, &program).expect("a sandbox starts"))
}

/// It fails, and says this.
#[track_caller]
fn fails(source: &str, text: &str) {
    let outcome = run(source);
    assert_eq!(outcome.status, Some(1), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stderr.contains(text), "{text:?} in: {}", outcome.stderr);
}

/// It is told this, and goes on.
#[track_caller]
fn told(source: &str, text: &str) {
    let outcome = run(source);
    assert_eq!((outcome.stdout.trim_end(), outcome.status), (text, Some(0)), "{}", outcome.stderr);
}

#[test]
fn programs_of_the_operating_system() {
    fails("System.cmd(\"ls\", [\"/\"])", "** (ErlangError) Erlang error: :enoent");
    fails("System.shell(\"ls\")", "enoent");
    fails(":os.cmd(~c\"id\")", "no such file or directory");
    told("IO.inspect(System.find_executable(\"sh\"))", "nil");
}

#[test]
fn the_files_of_the_host() {
    fails("File.rm_rf!(\"/\")", "could not remove files and directories recursively from \"/\"");
    told("File.rm_rf(\"/\"); IO.inspect(Enum.sum(1..3)); IO.inspect(File.ls!(\"/\"))", "6\n[\"otp\"]");
    fails("File.read!(\"/etc/passwd\")", "could not read file \"/etc/passwd\": no such file or directory");
    told(
        "IO.inspect(File.read(\"/proc/self/environ\")); IO.inspect(map_size(System.get_env()))",
        "{:error, :enoent}\n1",
    );
}

#[test]
fn ports_and_drivers() {
    let open = "for what <- [{:spawn, \"cat\"}, {:spawn_executable, \"/bin/cat\"}, {:fd, 0, 1}], do: \
        (try do Port.open(what, [:binary]) rescue e in ErlangError -> e.original end) |> IO.inspect()";
    told(open, ":enoent\n:enoent\n:eperm");
    told("{:error, {:load_failed, text}} = :erlang.load_nif(~c\"x\", 0); IO.puts(is_list(text))", "true");
}

#[test]
fn the_network() {
    told("IO.inspect(:gen_tcp.connect({127, 0, 0, 1}, 80, []))", "{:error, :eprotonosupport}");
    told(
        "IO.inspect(:inet.gethostbyname(~c\"example.org\")); IO.puts(\"still here\")",
        "{:error, :nxdomain}\nstill here",
    );
}

#[test]
fn halting() {
    let outcome = run("IO.puts(\"before\"); spawn(fn -> :erlang.halt(7) end); Process.sleep(:infinity)");
    assert_eq!((outcome.stdout.as_str(), outcome.status), ("before\n", Some(7)));
}

#[test]
fn macros_without_end() {
    let source = "defmodule M do defmacro m, do: quote(do: M.m()) end; \
        defmodule N do require M; def f, do: M.m() end";
    fails(source, "{:system_limit, :process_bytes}");
}

#[test]
fn bodies_of_modules_without_end() {
    let outcome = run("defmodule L do Stream.cycle([1]) |> Enum.each(& &1) end");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (None, ""));
}

#[test]
fn floods_of_atoms_and_processes() {
    fails(
        "for i <- 1..10_000_000, do: String.to_atom(\"a#{i}\")",
        "** (SystemLimitError) a system limit has been reached",
    );
    let spawn = "for _ <- 1..10_000_000, do: spawn(fn -> Process.sleep(:infinity) end)";
    fails(spawn, "** (SystemLimitError) a system limit has been reached");
}

#[test]
fn memory() {
    fails(":binary.copy(\"x\", 1_000_000_000)", "** (SystemLimitError) a system limit has been reached");
    fails("Stream.iterate(\"x\", & &1 <> &1) |> Enum.at(40)", "{:system_limit, :process_bytes}");
    fails("Enum.to_list(1..1_000_000_000)", "{:system_limit, :process_bytes}");
    fails("f = fn f, n -> [n | f.(f, n + 1)] end; f.(f, 0)", "{:system_limit, :process_bytes}");
}

#[test]
fn code_that_comes_from_elsewhere() {
    fails("Code.eval_string(~s|File.read!(\"/etc/passwd\")|)", "could not read file \"/etc/passwd\"");
    told("IO.inspect(:code.load_binary(:forged, ~c\"x\", \"FOR1 this is none\"))", "{:error, :badfile}");
}

#[test]
fn forged_terms() {
    let read = "read = fn bytes -> (try do :erlang.binary_to_term(bytes) rescue e in ArgumentError -> e.__struct__ end) \
        |> IO.inspect() end;";
    let forged = "for bytes <- [<<131, 108, 255, 255, 255, 255, 97>>, <<131, 109, 255, 255, 255, 255, 97>>, \
        <<131, 80, 255, 255, 255, 255, 120, 156>>], do: read.(bytes); \
        read.(<<131>> <> String.duplicate(<<104, 1>>, 100_000))";
    told(&format!("{read}{forged}"), ["ArgumentError"; 4].join("\n").as_str());
    told("IO.inspect(Process.exit(:erlang.list_to_pid(~c\"<0.4000.7>\"), :kill))", "true");
}
