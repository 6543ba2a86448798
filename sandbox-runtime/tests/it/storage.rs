//! Files, persistent terms and atomics.

use sandbox_runtime::kernel::atomics::{AtomicOp, AtomicResult};
use sandbox_runtime::kernel::fs::FileError;
use sandbox_runtime::kernel::{Config, Kernel, Raise};
use shared::event::Entry;
use shared::limits::{LimitKind, Limits};
use shared::{Etf, Pid, Ref, Term};

fn kernel() -> (Kernel, Pid) {
    let limits = Limits { file_bytes: 2_000, ets_bytes: 2_000, ..Limits::default() };
    let mut kernel = Kernel::new(Config { limits, ..Config::default() });
    let pid = kernel.spawn_root(Entry::new("m", "f", Etf::of(&Term::Nil)), None, None).expect("room");
    (kernel, pid)
}

#[test]
fn files_live_in_directories() {
    let (mut kernel, _) = kernel();
    assert_eq!(kernel.file_write(None, "/a/b.txt", b"x"), Err(FileError::Enoent));
    assert_eq!(kernel.file_make_dir(None, "/a"), Ok(()));
    assert_eq!(kernel.file_make_dir(None, "a/"), Err(FileError::Eexist));
    assert_eq!(kernel.file_write(None, "/a/b.txt", b"hello"), Ok(()));
    assert_eq!(kernel.file_write(None, "/a", b"x"), Err(FileError::Eisdir));
    assert_eq!(kernel.file_write(None, "/a/b.txt/c", b"x"), Err(FileError::Enotdir));
    assert_eq!(kernel.files().read("/../a/./x/../b.txt").as_deref(), Ok(&b"hello"[..]));
    assert_eq!(kernel.files().read("/a"), Err(FileError::Eisdir));
    assert_eq!(kernel.files().read("/nothing"), Err(FileError::Enoent));
    assert_eq!(kernel.files().list("/"), Ok(vec!["a".to_owned()]));
    assert_eq!(kernel.files().list("/a"), Ok(vec!["b.txt".to_owned()]));
    assert_eq!(kernel.file_delete_dir("/a"), Err(FileError::Eexist));
    assert_eq!(kernel.file_delete("/a"), Err(FileError::Eisdir));
    assert_eq!(kernel.file_delete("/a/b.txt"), Ok(()));
    assert_eq!(kernel.file_delete_dir("/a"), Ok(()));
    assert_eq!((kernel.files().list("/"), kernel.files().bytes()), (Ok(vec![]), 0));
}

#[test]
fn renaming_moves_a_directory_with_all_in_it() {
    let (mut kernel, _) = kernel();
    for dir in ["a", "a/sub", "a2"] {
        kernel.file_make_dir(None, dir).expect("made");
    }
    kernel.file_write(None, "a/sub/f", b"1").expect("written");
    kernel.file_write(None, "a2/g", b"2").expect("written");
    assert_eq!(kernel.file_rename("a", "a/sub/deeper"), Err(FileError::Einval));
    assert_eq!(kernel.file_rename("a", "a2"), Err(FileError::Eexist));
    assert_eq!(kernel.file_rename("a2/g", "a"), Err(FileError::Eisdir));
    assert_eq!(kernel.file_rename("a", "new"), Ok(()));
    assert_eq!(kernel.files().list(""), Ok(vec!["a2".to_owned(), "new".to_owned()]));
    assert_eq!(kernel.files().read("new/sub/f").as_deref(), Ok(&b"1"[..]));
    let bytes = kernel.files().bytes();
    assert_eq!(kernel.file_rename("new/sub/f", "a2/g"), Ok(()));
    assert_eq!(kernel.files().read("a2/g").as_deref(), Ok(&b"1"[..]));
    assert!(kernel.files().bytes() < bytes);
}

#[test]
fn files_are_limited_and_offsets_cost_nothing_to_name() {
    let (mut kernel, _) = kernel();
    assert_eq!(kernel.file_write_at(None, "f", 3, b"abc"), Ok(()));
    assert_eq!(kernel.file_write_at(None, "f", 1, b"xy"), Ok(()));
    assert_eq!(kernel.files().read("f").as_deref(), Ok(&b"\0xyabc"[..]));
    assert_eq!(kernel.file_write_at(None, "f", u64::MAX, b"x"), Err(FileError::Einval));
    assert_eq!(kernel.file_write_at(None, "f", 1 << 40, b"x"), Err(FileError::Enospc));
    assert_eq!(kernel.file_write(None, "g", &[0; 5_000]), Err(FileError::Enospc));
    assert_eq!(kernel.file_write(None, "f", &[0; 1_900]), Ok(()));
    assert_eq!(kernel.file_write(None, "f", &[1; 1_900]), Ok(()), "the old content makes room");
}

#[test]
fn persistent_terms_are_shared_and_limited() {
    let (mut kernel, pid) = kernel();
    let key = |n: i64| Term::tuple([Term::atom("key"), Term::Int(n)]);
    let value = Etf::of(&Term::string("value"));
    assert_eq!(kernel.persistent_term_put(pid, key(1), value.clone()), Ok(()));
    assert_eq!(kernel.persistent_term_get(&key(1)), Some(&value));
    assert_eq!(kernel.persistent_term_get(&Term::tuple([Term::atom("key"), Term::float(1.0).expect("finite")])), None);
    let refused = kernel.persistent_term_put(pid, key(2), Etf::of(&Term::binary(vec![0; 3_000])));
    assert_eq!(refused, Err(Raise::SystemLimit(LimitKind::EtsBytes)));
    assert_eq!(kernel.persistent_term_put(pid, key(1), Etf::atom("other")), Ok(()));
    assert_eq!((kernel.persistent_term_erase(pid, &key(1)), kernel.persistent_term_erase(pid, &key(1))), (true, false));
    assert_eq!(kernel.persistent_terms().bytes(), 0);
}

#[test]
fn atomics_wrap_around_and_check_their_index() {
    let (mut kernel, pid) = kernel();
    assert_eq!(kernel.atomics_new(pid, 0, true), Err(Raise::Badarg));
    assert_eq!(kernel.atomics_new(pid, 1_000, true), Err(Raise::SystemLimit(LimitKind::EtsBytes)));
    let array = kernel.atomics_new(pid, 2, true).expect("room");
    let mut apply = |index, op| kernel.atomics_apply(array, index, op);
    assert_eq!(apply(1, AtomicOp::Add(5)), Ok(AtomicResult { old: 0, new: 5 }));
    assert_eq!(apply(1, AtomicOp::Add(u64::MAX)), Ok(AtomicResult { old: 5, new: 4 }));
    assert_eq!(apply(1, AtomicOp::Exchange(0)), Ok(AtomicResult { old: 4, new: 0 }));
    assert_eq!(apply(1, AtomicOp::Add(u64::MAX)), Ok(AtomicResult { old: 0, new: u64::MAX }));
    let swap = AtomicOp::CompareExchange { expected: 7, desired: 1 };
    assert_eq!(apply(1, swap), Ok(AtomicResult { old: u64::MAX, new: u64::MAX }));
    assert_eq!(apply(2, AtomicOp::Get), Ok(AtomicResult { old: 0, new: 0 }));
    assert_eq!((apply(0, AtomicOp::Get), apply(3, AtomicOp::Get)), (Err(Raise::Badarg), Err(Raise::Badarg)));
    assert_eq!(kernel.atomics_apply(Ref(999), 1, AtomicOp::Get), Err(Raise::Badarg));
}
