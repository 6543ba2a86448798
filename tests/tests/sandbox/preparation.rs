//! A runtime that was prepared before.

use sandbox_runtime::boot::Runtime;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;

use super::run::{finish, parts, runtime};

#[test]
fn a_prepared_runtime_does_the_same() {
    let (guest, library) = parts();
    let prepared = runtime().prepared().expect("a runtime can be prepared");
    let restored = Runtime::restore(guest, library, &prepared).expect("there is memory").expect("it fits");
    let arguments = ["-e", "IO.inspect(Enum.map(1..3, & &1 * 2))"].map(str::to_owned).to_vec();
    let program = Program { arguments, ..Program::default() };
    let [first, second] = [runtime(), &restored]
        .map(|runtime| finish(runtime.sandbox(Config::default(), &program).expect("a sandbox starts")));
    assert_eq!(first.stdout, "[2, 4, 6]\n");
    assert!(first.events == second.events);
    assert_eq!(first.state, second.state);
}

#[test]
fn a_prepared_runtime_that_does_not_fit_is_refused() {
    let (guest, library) = parts();
    let prepared = runtime().prepared().expect("a runtime can be prepared");
    let refuses = |bytes: &[u8]| Runtime::restore(guest, library, bytes).expect("there is memory").is_none();
    for position in [0, 70, prepared.len() / 2, prepared.len() - 1] {
        let mut changed = prepared.clone();
        changed[position] ^= 1;
        assert!(refuses(&changed), "a changed byte at {position}");
    }
    assert!(refuses(&prepared[..prepared.len() - 1]));
    assert!(refuses(b""));
    assert!(Runtime::restore(&guest[..8], library, &prepared).expect("there is memory").is_none(), "another guest");
}
