//! What the kernel alone costs, without any guest: `cargo bench -p sandbox-runtime`.

use std::time::Instant;

use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::{Config, Kernel, Next, TurnReport, TurnResult};
use shared::event::{Destination, Entry};
use shared::limits::Limits;
use shared::{Etf, Pid, Term};

fn entry() -> Entry {
    Entry::new("m", "f", Etf::of(&Term::Nil))
}

fn kernel() -> (Kernel, Pid) {
    let limits = Limits { processes: 1 << 20, messages_per_second: u64::MAX, ..Limits::default() };
    let limits = Limits { spawns_per_second: u64::MAX, ets_bytes: 1 << 32, ..limits };
    let mut kernel = Kernel::new(Config { limits, ..Config::default() });
    kernel.journal_mut().set_interest(Interest::Nothing);
    let pid = kernel.spawn_root(entry(), None, None).expect("room");
    (kernel, pid)
}

fn report(result: TurnResult) -> TurnReport {
    TurnReport { result, reductions: 1, mailbox_messages: 0, mailbox_bytes: 0, memory: 0 }
}

fn measure(what: &str, count: u32, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    let each = start.elapsed().as_nanos() / u128::from(count);
    println!("{what:<48} {each:>10} ns");
}

fn wait(kernel: &mut Kernel) -> bool {
    let Next::Turn(turn) = kernel.next_turn() else {
        return false;
    };
    kernel.end_turn(turn.pid, report(TurnResult::Waiting { until: None }));
    true
}

fn main() {
    const MANY: u32 = 100_000;
    let (mut kernel_spawn, root) = kernel();
    wait(&mut kernel_spawn);
    measure("spawn, first turn, exit", MANY, || {
        for _ in 0..MANY {
            kernel_spawn.spawn(root, entry(), SpawnOptions::default()).expect("room");
            let Next::Turn(turn) = kernel_spawn.next_turn() else { panic!("the new process") };
            kernel_spawn.end_turn(turn.pid, report(TurnResult::Exited { reason: Etf::atom("normal") }));
        }
    });

    let (mut kernel, root) = kernel();
    let (other, _) = kernel.spawn(root, entry(), SpawnOptions::default()).expect("room");
    while wait(&mut kernel) {}
    let message = Etf::of(&Term::tuple([Term::atom("ping"), Term::pid(root)]));
    measure("send, deliver, turn", MANY, || {
        for _ in 0..MANY {
            kernel.send(root, &Destination::Pid(other), message.clone()).expect("sent");
            wait(&mut kernel);
        }
    });

    let call = |kernel: &mut Kernel, function: &str, args: &Etf| {
        kernel.ets_call(root, function, args).expect("a function").expect("no error");
    };
    let args = |terms: &[Term]| Etf::of(&Term::list(terms.to_vec()));
    for kind in ["set", "ordered_set"] {
        let options = Term::list([Term::atom("named_table"), Term::atom(kind)]);
        call(&mut kernel, "new", &args(&[Term::atom(kind), options]));
        let object = |n: u32| Term::tuple([Term::Int(i64::from(n)), Term::atom("value")]);
        let inserts: Vec<Etf> = (0..MANY).map(|n| args(&[Term::atom(kind), object(n)])).collect();
        let lookups: Vec<Etf> = (0..MANY).map(|n| args(&[Term::atom(kind), Term::Int(i64::from(n))])).collect();
        measure(&format!("{kind} insert, arguments decoded"), MANY, || {
            inserts.iter().for_each(|args| call(&mut kernel, "insert", args));
        });
        measure(&format!("{kind} lookup, arguments decoded"), MANY, || {
            lookups.iter().for_each(|args| call(&mut kernel, "lookup", args));
        });
    }

    for _ in 0..10_000 {
        kernel.spawn(root, entry(), SpawnOptions { link: true, ..SpawnOptions::default() }).expect("room");
    }
    while wait(&mut kernel) {}
    measure("copy of a kernel, 10,000 processes", 1_000, || {
        for _ in 0..1_000 {
            std::hint::black_box(kernel.clone());
        }
    });
    measure("state hash, 10,000 processes, 200,000 objects", 10, || {
        for _ in 0..10 {
            std::hint::black_box(kernel.state_hash());
        }
    });
}
