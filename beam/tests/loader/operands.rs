//! Which operands and tables are refused.

use beam::loader::file::FunRow;
use beam::loader::{BeamFile, LoadError, validate};

use crate::assembler::module;

const KIND: &str = "an operand is of the wrong kind";
const RANGE: &str = "an operand is out of range";
const REGISTER: &str = "a register is out of range";
const ARITY: &str = "it calls a function of another arity";
const PAIRS: &str = "its list has no pairs";
const SEGMENT: &str = "a segment is malformed";
const COMMAND: &str = "a command is malformed";

/// Puts an instruction in front of the function's end; it must be refused for this reason.
fn check(instruction: &str, expected: &str) {
    match validate(&module(&format!("{instruction} / label 5 / return"))) {
        Err(LoadError::Instruction { reason, name, .. }) => {
            assert_eq!(reason, expected, "{instruction}");
            assert_eq!(Some(name), instruction.split(' ').next(), "{instruction}");
        }
        other => panic!("{instruction}: {other:?}"),
    }
}

#[test]
fn operands_out_of_range() {
    check("move x1024 x0", REGISTER);
    check("move x0 y1024", REGISTER);
    check("move x0 x5000", REGISTER);
    check("fadd f0 fr1024 fr0 fr0", REGISTER);
    check("move lit2 x0", "a literal is out of range");
    check("line 3", RANGE);
    check("call_ext 1 7", RANGE);
    check("allocate 1025 1", RANGE);
    check("allocate 1 1024", RANGE);
    check("test_heap 16777217 1", RANGE);
    check("test_heap {16777216,1,0} 1", RANGE);
    check("make_fun3 1 x0 ( x0 )", RANGE);
    check("test_arity f5 x0 16777216", RANGE);
    check("get_tuple_element x0 16777215 x0", RANGE);
    check("apply 256", RANGE);
    check("bs_test_unit f5 x0 0", "the unit is 0");
    check("bs_test_unit f5 x0 257", RANGE);
    check("bs_skip_bits2 f5 x0 #1 8 32", RANGE);
    check("bs_match_string f5 x0 25 0", "it goes beyond the string table");
    check("bs_match_string f5 x0 8 3", "it goes beyond the string table");
    check("bs_put_string 2 2", "it goes beyond the string table");
    check("update_record copy 3 x0 x0 ( 4 a )", "a position is out of range");
    check("update_record copy 3 x0 x0 ( 0 a )", "a position is out of range");
}

#[test]
fn operands_of_the_wrong_kind() {
    check("move 5 x0", KIND);
    check("move x0 #5", KIND);
    check("move f5 x0", KIND);
    check("move fr0 x0", KIND);
    check("init x0", KIND);
    check("jump #1", KIND);
    check("is_nil f0 x0", "it jumps out of its function");
    check("call #1 f2", KIND);
    check("put_tuple2 x0 x0", KIND);
    check("select_val x0 f5 ( x0 f5 )", "a value is of the wrong kind");
    check("select_tuple_arity x0 f5 ( #1 f5 )", "a value is of the wrong kind");
    check("select_val x0 f5 ( a #1 )", KIND);
    check("fmove x0 x0", "no operand is a floating-point register");
    check("bs_start_match4 other 1 x0 x0", RANGE);
    check("call_fun2 other 1 x0", RANGE);
    check("update_record other 3 x0 x0 ( 1 a )", "its hint is unknown");
}

#[test]
fn labels_and_calls() {
    check("jump f3", "it jumps out of its function");
    check("jump f39", "it jumps out of its function");
    check("jump f4000", "it jumps out of its function");
    check("select_val x0 f5 ( a f4 )", "it jumps out of its function");
    check("call_only 1 f4", ARITY);
    check("call_only 1 f5", "it calls what is no function");
    check("call_only 1 f1", "it calls what is no function");
    check("call_ext_only 2 0", ARITY);
    check("bif1 f5 5 x0 x0", ARITY);
    check("gc_bif2 f5 1 0 x0 x0 x0", ARITY);
    check("label 5", "the label is out of range or defined twice");
    check("label 40", "the label is out of range or defined twice");
    check("label 0", "the label is out of range or defined twice");
    check("func_info m h 1", "the function before it is empty");
    check("int_code_end", "it stands within a function");
    check("on_load / on_load", "it stands in the module twice");
}

#[test]
fn lists() {
    check("select_val x0 f5 ( a )", PAIRS);
    check("select_val x0 f5 ( )", PAIRS);
    check("get_map_elements f5 x0 ( a )", PAIRS);
    check("get_map_elements f5 x0 ( a b )", KIND);
    check("put_map_assoc f0 x0 x0 1 ( a )", PAIRS);
    check("has_map_fields f5 x0 ( )", "its list is empty");
    check("make_fun3 0 x0 ( )", "the fun captures another number of values");
    check("init_yregs ( x0 )", KIND);
    check("bs_create_bin f0 0 1 8 x0 ( )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 8 [] x0 )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( other 1 8 [] x0 #1 )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 8 [] x0 all )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 0 [] x0 #1 )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( string 1 8 [] 1 #3 )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 8 lit0 x0 #1 )", SEGMENT);
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 8 [] x0 #1 append 1 8 [] x0 all )", SEGMENT);
    check("bs_match f5 x0 ( )", COMMAND);
    check("bs_match f5 x0 ( skip 8 )", COMMAND);
    check("bs_match f5 x0 ( ensure_at_least 8 1 skip 9 )", COMMAND);
    check("bs_match f5 x0 ( ensure_at_least 8 1 skip 8 skip 1 )", COMMAND);
    check("bs_match f5 x0 ( ensure_at_least 80 1 =:= [] 65 1 )", COMMAND);
    check("bs_match f5 x0 ( ensure_at_least 80 1 integer 1 [] 8 1 )", COMMAND);
    check("bs_match f5 x0 ( ensure_at_least 80 1 integer 1 [] 8 1 a )", COMMAND);
    check("bs_match f5 x0 ( other 80 )", COMMAND);
    check("bs_match f5 x0 ( ensure_at_least 8 1 integer 1024 [] 8 1 x0 )", RANGE);
}

#[test]
fn tables() {
    let check = |change: fn(&mut BeamFile), chunk: &str| {
        let mut file = module("return");
        validate(&file).expect("it is valid before the change");
        change(&mut file);
        match validate(&file) {
            Err(LoadError::Chunk { chunk: found, .. }) => assert_eq!(found, chunk),
            other => panic!("{chunk}: {other:?}"),
        }
    };
    check(|file| file.imports[0].0 = 0, "ImpT");
    check(|file| file.imports[0].1 = 1000, "ImpT");
    check(|file| file.imports[0].2 = 256, "ImpT");
    check(|file| file.exports[0].0 = 0, "ExpT");
    check(|file| file.exports[0].1 = 2, "ExpT");
    check(|file| file.exports[0].2 = 1, "ExpT");
    check(|file| file.exports[0].2 = 40, "ExpT");
    check(|file| file.locals[0].2 = 3, "LocT");
    check(|file| file.funs[0].label = 2, "FunT");
    check(|file| file.funs.push(FunRow { free: 3, ..file.funs[0] }), "FunT");
    check(|file| file.funs[0].function = 0, "FunT");
    check(|file| file.lines.items.push((2, 1)), "Line");
    check(|file| file.literals.push(vec![130, 106]), "LitT");
}

#[test]
fn shape_of_the_code() {
    let check = |change: fn(&mut BeamFile)| {
        let mut file = module("return");
        change(&mut file);
        assert!(validate(&file).is_err(), "{:?}", file.code);
    };
    check(|file| drop(file.code.remove(0)));
    check(|file| drop(file.code.remove(1)));
    check(|file| drop(file.code.remove(2)));
    check(|file| file.code.swap(0, 3));
    check(|file| file.code[1].args[0] = beam::loader::Arg::Atom(2));
    check(|file| file.code[1].args[2] = beam::loader::Arg::Unsigned(256));
    check(|file| file.code[3].op = beam::loader::Op::Jump);
    check(|file| file.label_count = 4);
    check(|file| drop(file.code.pop()));
    check(|file| file.code.clear());
}
