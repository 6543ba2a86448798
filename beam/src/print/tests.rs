//! Printing, as the real thing does it.

use crate::etf::tests::{bytes, term};
use crate::heap::Heap;
use crate::image::ImageRef;
use crate::print::{self, Limits};
use crate::term::Term;

/// Undoes the escapes of a table.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c) => out.push(c),
                None => {}
            },
            (c, _) => out.push(c),
        }
    }
    out
}

#[test]
fn terms_print_as_io_lib_prints_them() {
    for line in include_str!("tests/erlang.txt").lines().skip(1) {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let row: Vec<&str> = line.split('\t').collect();
        let t = term(&mut heap, &image, row[0]);
        let expected = |i: usize| unescape(if row[i] == "=" { row[1] } else { row[i] });
        let (unicode, image) = (Limits::default(), image.get());
        let latin1 = Limits { unicode: false, ..unicode };
        assert_eq!(print::erlang(t, image, &latin1), expected(1), "~p of {}", row[0]);
        assert_eq!(print::erlang(t, image, &unicode), expected(2), "~tp of {}", row[0]);
        assert_eq!(print::write(t, image, &unicode), expected(3), "~tw of {}", row[0]);
        // One line is what `~0p` gives: `~p` where that fits.
        let line = print::erlang(t, image, &Limits { width: 0, ..latin1 });
        assert!(!line.contains('\n'));
        assert!(expected(1).contains('\n') || line == expected(1));
    }
}

#[test]
fn terms_print_as_inspect_prints_them() {
    for line in include_str!("tests/elixir.txt").lines().skip(1) {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let row: Vec<&str> = line.split('\t').collect();
        let t = term(&mut heap, &image, row[0]);
        let expected = |i: usize| unescape(if row[i] == "=" { row[1] } else { row[i] });
        let (limits, image) = (Limits::default(), image.get());
        assert_eq!(print::elixir(t, image, &Limits { width: 0, ..limits }), expected(1), "{}", row[0]);
        assert_eq!(print::elixir(t, image, &limits), expected(2), "pretty: {}", row[0]);
        assert_eq!(print::elixir(t, image, &Limits { width: 30, ..limits }), expected(3), "width 30: {}", row[0]);
        assert_eq!(print::elixir(t, image, &Limits { items: 5, ..limits }), expected(4), "limit 5: {}", row[0]);
    }
}

#[test]
fn fields_of_structs_stand_in_the_order_of_their_definition() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    // %{__struct__: Foo, a: 1, b: 2}
    let t = term(
        &mut heap,
        &image,
        "837400000003770161610177016261027\
         70A5F5F7374727563745F5F770A456C697869722E466F6F",
    );
    let check = |fields: Option<print::StructFields>, expected: &str| {
        let limits = Limits { fields, ..Limits::default() };
        assert_eq!(print::elixir(t, image.get(), &limits), expected);
    };
    fn b_a(image: &crate::image::Image, _: Term) -> Option<Vec<Term>> {
        ["b", "a"].map(|name| image.atoms.existing(name)).into_iter().collect()
    }
    fn other(image: &crate::image::Image, _: Term) -> Option<Vec<Term>> {
        ["b"].map(|name| image.atoms.existing(name)).into_iter().collect()
    }
    check(None, "%Foo{a: 1, b: 2}");
    check(Some(b_a), "%Foo{b: 2, a: 1}");
    check(Some(|_, _| None), "%{a: 1, b: 2, __struct__: Foo}");
    check(Some(other), "%{a: 1, b: 2, __struct__: Foo}");
}

/// Rows: external format, what `erlang:display/1` of Erlang/OTP 27 prints.
#[test]
fn terms_print_as_the_runtime_system_prints_them() {
    for line in include_str!("tests/display.txt").lines().skip(1) {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let (encoded, expected) = line.split_once('\t').unwrap();
        let t = term(&mut heap, &image, encoded);
        assert_eq!(print::display(t, image.get()), unescape(expected), "{encoded}");
    }
}

#[test]
fn floats_print_as_short_as_they_can() {
    let check = |value: f64, expected: &str| assert_eq!(print::float_short(value), expected);
    check(0.0, "0.0");
    check(-0.0, "-0.0");
    check(1.0, "1.0");
    check(100.0, "100.0");
    check(1000.0, "1.0e3");
    check(1234.0, "1234.0");
    check(123_456_789.0, "123456789.0");
    check(1.0e15, "1.0e15");
    check(9_007_199_254_740_991.0, "9007199254740991.0");
    check(9_007_199_254_740_992.0, "9.007199254740992e15");
    check(1.0e22, "1.0e22");
    check(0.1, "0.1");
    check(0.01, "0.01");
    check(0.0001, "0.0001");
    check(0.00001, "1.0e-5");
    check(0.000_012_34, "1.234e-5");
    check(-1.5e-7, "-1.5e-7");
    check(5.0e-324, "5.0e-324");
    check(f64::MAX, "1.7976931348623157e308");
    check(2.0 / 3.0, "0.6666666666666666");
    // Between two texts that are equally short and near: the even one.
    check(-6_332_296_570_099_881.0 / 4.0, "-1583074142524970.2");
    check(6_332_296_570_099_883.0 / 4.0, "1583074142524970.8");
}

#[test]
fn what_no_program_sees_is_printed_too() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let t = heap.tuple(&[Term::NONE, Term(6 | 8 << 3), Term::small(1)]);
    let image = image.get();
    assert_eq!(print::erlang(t, image, &Limits::default()), "{#None<>,#Unknown<46>,1}");
    assert_eq!(print::display(t, image), "{#None<>,#Unknown<46>,1}");
    assert_eq!(print::elixir(t, image, &Limits::default()), "{#None<>, #Unknown<46>, 1}");
}

#[test]
fn deep_and_huge_terms_are_printed_within_limits() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let deep = (0..200_000).fold(Term::NIL, |t, _| heap.tuple(&[t]));
    let deep_list = (0..200_000).fold(Term::small(1), |t, _| heap.cons(t, Term::NIL));
    let shared = (0..60).fold(Term::NIL, |t, _| heap.tuple(&[t, t]));
    let long: Vec<Term> = (0..500_000).map(|_| Term::small(1000)).collect();
    let long = heap.list(&long);
    let image = image.get();
    for t in [deep, deep_list, shared, long] {
        for text in [print::erlang(t, image, &Limits::default()), print::elixir(t, image, &Limits::default())] {
            assert!(text.contains("...") && text.len() < 20_000_000);
        }
    }
    let limits = Limits { parts: 4, width: 0, ..Limits::default() };
    assert_eq!(print::erlang(long, image, &limits), "\"ϨϨϨϨ\"...");
    let latin1 = Limits { unicode: false, ..limits };
    assert_eq!(print::erlang(long, image, &latin1), "[1000,1000,1000,1000|...]");
    let mut heap = Heap::new(0);
    let mut check = |bytes: &[u8], expected: &str| {
        let t = heap.binary(bytes);
        assert_eq!(print::erlang(t, image, &limits), expected);
    };
    check(b"abcd", "<<\"abcd\">>");
    check(b"abcde", "<<\"abcd\"...>>");
    check(&[0; 5], "<<0,0,0,0,...>>");
    assert_eq!(print::display(deep, image).len(), 400_002);
}

#[test]
fn identifiers_of_other_nodes_print_the_number_of_their_node() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let pid = term(&mut heap, &image, "8358770361406200000064000000020000000A");
    let node = image.get().atoms.existing("a@b").unwrap().atom_index();
    assert_eq!(print::pid(pid), format!("<{node}.100.2>"));
    assert_eq!(bytes("00FF"), [0, 255]);
}
