//! Which ways through the code are refused. The body of `m:f/1` is given; see [`crate::assembler`].

use beam::loader::validate::Register;
use beam::loader::{Layout, LoadError, validate};

use crate::assembler::module;

/// Checks a body; `expected` is the reason of the error, or empty where the body is fine.
fn check(body: &str, expected: &str) -> Layout {
    match (validate(&module(body)), expected) {
        (Ok(layout), "") => layout,
        (Ok(_), _) => panic!("accepted: {body}"),
        (Err(LoadError::Instruction { reason, .. }), _) if reason == expected => Layout::default(),
        (Err(error), _) => panic!("{body}: {error}, expected: {expected}"),
    }
}

const UNSET_X: &str = "an X register is read before it is set";
const UNSET_Y: &str = "a Y register is read before it is set";
const NOT_LIVE: &str = "an X register is live before it is set";
const NOT_READY: &str = "a Y register is not yet set";
const OUTSIDE: &str = "a Y register lies outside the stack frame";
const OTHER_SIZE: &str = "the stack frame has another size";
const NO_HEAP: &str = "no heap space was reserved for it";

#[test]
fn x_registers() {
    check("return", "");
    check("move x0 x1 / move x1 x2 / move x2 x0 / return", "");
    check("move x1 x0 / return", UNSET_X);
    check("is_nil f5 x0 / move #1 x1 / label 5 / move x1 x0 / return", UNSET_X);
    check("is_nil f5 x0 / move #1 x1 / jump f6 / label 5 / move a x1 / label 6 / move x1 x0 / return", "");
    check("select_val x1 f5 ( a f5 ) / label 5 / return", UNSET_X);
    check("swap x0 x1 / return", UNSET_X);
    check("move x0 x1 / allocate 0 1 / move x1 x0 / deallocate 0 / return", UNSET_X);
    check("allocate 0 2 / deallocate 0 / return", NOT_LIVE);
    check("move x0 x1 / gc_bif2 f0 1 5 x1 x0 x0 / return", "");
    check("move x0 x1 / gc_bif2 f0 1 5 x0 x0 x2 / swap x0 x1 / return", UNSET_X);
    check("call_ext_only 1 0", "");
    check("call_only 2 f4", NOT_LIVE);
    check("move x0 x1 / call_only 2 f4", "");
    check("move x0 x63 / move x63 x64 / move x64 x1023 / move x1023 x0 / return", "");
    check("move x0 x64 / test_heap 0 64 / return", NOT_LIVE);
    check("get_map_elements f5 x0 ( a x1 b x2 ) / swap x1 x2 / label 5 / return", "");
    check("get_map_elements f5 x0 ( a x1 b x2 ) / label 5 / move x1 x0 / return", UNSET_X);
    check("allocate 0 1 / move x0 x1 / call 2 f4 / move x1 x0 / deallocate 0 / return", UNSET_X);
    check("allocate 0 1 / call_fun 1 / deallocate 0 / return", NOT_LIVE);
    check("move #1 x1 / move #1 x2 / allocate 0 3 / apply 1 / deallocate 0 / return", "");
    check("allocate 0 1 / call_fun2 safe 1 x1 / deallocate 0 / return", UNSET_X);
    check("label 5 / jump f5", "");
}

#[test]
fn y_registers_and_frames() {
    check("allocate 1 1 / move x0 y0 / call_ext 1 0 / move y0 x0 / deallocate 1 / return", "");
    check("allocate 1 1 / call_ext 1 0 / deallocate 1 / return", NOT_READY);
    check("allocate_zero 1 1 / call_ext 1 0 / deallocate 1 / return", "");
    check("allocate 2 1 / init_yregs ( y0 y1 ) / test_heap 0 1 / deallocate 2 / return", "");
    check("allocate 2 1 / init y1 / test_heap 0 1 / deallocate 2 / return", NOT_READY);
    check("allocate 1 1 / move y0 x0 / deallocate 1 / return", UNSET_Y);
    check("allocate 1 1 / move x0 y1 / deallocate 1 / return", OUTSIDE);
    check("move x0 y0 / return", OUTSIDE);
    check("allocate 1 1 / deallocate 1 / move x0 y0 / return", OUTSIDE);
    check("allocate 1 1 / move x0 y0 / deallocate 1 / move y0 x0 / return", UNSET_Y);
    check("allocate 1 1 / return", "it leaves a stack frame");
    check("allocate 1 1 / call_only 1 f2", "it leaves a stack frame");
    check("allocate 1 1 / call_last 1 f2 1", "");
    check("allocate 1 1 / call_last 1 f2 2", OTHER_SIZE);
    check("call_last 1 f2 0", OTHER_SIZE);
    check("deallocate 0 / return", OTHER_SIZE);
    check("allocate 1 1 / allocate 1 1 / return", "there is a stack frame already");
    check("call 1 f2 / return", "it has no stack frame");
    check("call_ext 1 0 / return", "it has no stack frame");
    check("allocate 3 1 / move x0 y2 / trim 2 1 / move y0 x0 / deallocate 1 / return", "");
    check("allocate 3 1 / move x0 y1 / trim 2 1 / move y0 x0 / deallocate 1 / return", UNSET_Y);
    check("allocate 3 1 / trim 2 2 / deallocate 2 / return", OTHER_SIZE);
    check("allocate 3 1 / trim 3 0 / deallocate 0 / return", "");
    check("is_nil f5 x0 / allocate 1 1 / move x0 y0 / label 5 / badmatch x0", "");
    check("is_nil f5 x0 / allocate 1 1 / label 5 / badmatch x0", "paths with different stack frames meet");
    check("is_nil f5 x0 / allocate 1 1 / move x0 y0 / label 5 / return", "it leaves a stack frame");
    check("is_nil f5 x0 / allocate 1 1 / move x0 y0 / label 5 / deallocate 1 / return", OTHER_SIZE);
    check("is_nil f5 x0 / allocate 1 1 / move x0 y0 / label 5 / badmatch y0", UNSET_Y);
    check("allocate 1 1 / is_nil f5 x0 / move x0 y0 / label 5 / move y0 x0 / deallocate 1 / return", UNSET_Y);
}

#[test]
fn jumps_to_the_entry() {
    check("jump f2", "");
    check("test_heap 0 0 / jump f2", "");
    check("move x0 x1 / test_heap 0 0 / move x1 x0 / jump f2", UNSET_X);
    check("allocate 1 1 / jump f2", "paths with different stack frames meet");
    check("allocate_zero 1 1 / jump f2", "there is a stack frame already");
    check("is_nil f1 x0 / return", "");
    check("test_heap 0 0 / jump f1", NOT_LIVE);
}

#[test]
fn exceptions_that_need_no_frame() {
    check("call_ext 1 1", "");
    check("call_ext_last 1 1 7", "");
    check("allocate_zero 1 1 / call_ext_only 1 1", "");
    check("allocate 1 1 / call_ext_only 1 1", NOT_READY);
    check("badmatch x1", UNSET_X);
    check("case_end x0", "");
    check("move x0 x1 / raise x0 x1", "");
    check("raw_raise / return", NOT_LIVE);
}

#[test]
fn ends_of_functions() {
    check("move x0 x1", "the function has no end here");
    check("is_nil f5 x0 / return / label 5", "the function has no end here");
    check("if_end / move x7 y9", "");
    let layout = check("allocate 0 1 / call_ext 1 0", "");
    assert_eq!(layout.traps, [5]);
}

#[test]
fn catches() {
    let body = |text: &str| format!("allocate 2 1 / init y1 / {text}");
    let caught = "label 5 / try_case y0 / move x2 x0 / deallocate 2 / return";
    check(&body(&format!("try y0 f5 / call_ext 1 0 / try_end y0 / deallocate 2 / return / {caught}")), "");
    check(&body(&format!("try y0 f5 / call_ext 1 0 / deallocate 2 / return / {caught}")), "it leaves a catch");
    check(&body(&format!("try y0 f5 / move y0 x0 / badmatch x0 / {caught}")), UNSET_Y);
    check(&body(&format!("try y0 f5 / move x0 y0 / badmatch x0 / {caught}")), "it overwrites a catch");
    check(&body(&format!("try y0 f5 / swap y0 y1 / badmatch x0 / {caught}")), UNSET_Y);
    check(&body(&format!("try y2 f5 / badmatch x0 / {caught}")), "its label does not lead to its end");
    check(&body(&format!("try y0 f5 / trim 1 1 / badmatch x0 / {caught}")), "it moves a catch");
    check(&body(&format!("try y0 f5 / catch_end y0 / return / {caught}")), "it does not end the innermost catch");
    check(&body(&format!("move x0 y0 / is_nil f5 x0 / return / {caught}")), "it jumps to the handler of a try");
    check(&body("try_end y0 / return"), "it does not end the innermost catch");
    check(&body("try y0 f5 / return / label 5 / move x0 x1 / return"), "its label does not lead to its end");
    check("allocate 1 1 / try y0 f5 / call_ext 1 0 / label 5 / try_case y0 / deallocate 1 / return", "");
    check("try y0 f5 / return / label 5 / try_case y0 / return", OUTSIDE);

    check(&body("catch y0 f5 / call_ext 1 0 / label 5 / catch_end y0 / deallocate 2 / return"), "");
    check(&body("catch y0 f5 / call_ext 1 0 / label 5 / catch_end y0 / move x1 x0 / deallocate 2 / return"), UNSET_X);
    check("allocate 1 0 / catch y0 f5 / label 5 / catch_end y0 / deallocate 1 / return", NOT_LIVE);

    let nested = |outer: &str, inner: &str| {
        format!(
            "allocate 2 1 / init_yregs ( y0 y1 ) / catch {outer} f5 / catch {inner} f6 / call_ext 1 0 / label 6 / \
             catch_end {inner} / label 5 / catch_end {outer} / deallocate 2 / return"
        )
    };
    check(&nested("y1", "y0"), "");
    check(&nested("y0", "y1"), "catches are not nested");
}

#[test]
fn code_behind_calls_that_do_not_return() {
    let caught = "label 5 / try_case y0 / deallocate 1 / return";
    let layout = check(&format!("allocate 1 1 / try y0 f5 / call_ext 1 0 / {caught}"), "");
    assert_eq!(layout.traps, [6], "in front of label 5");
    let layout = check(&format!("allocate 1 1 / try y0 f5 / call_ext 1 0 / jump f5 / {caught}"), "");
    assert_eq!(layout.traps, [6], "in front of the jump");
    let layout = check(&format!("allocate 1 1 / try y0 f5 / gc_bif1 f0 1 4 x0 x0 / {caught}"), "");
    assert_eq!(layout.traps, [6], "in front of label 5");
    check(&format!("allocate 1 1 / try y0 f5 / gc_bif1 f5 1 4 x0 x0 / {caught}"), "it jumps to the handler of a try");
    check(&format!("allocate 1 1 / try y0 f5 / move x0 x1 / {caught}"), "it is reached without an exception");
}

#[test]
fn registers_that_the_machine_clears() {
    let layout = check("allocate 2 1 / init y0 / bif1 f0 4 x0 y1 / move y1 x0 / deallocate 2 / return", "");
    assert_eq!(layout.clears, [(5, Register::Y(1))]);
    let layout = check("allocate 1 1 / bif1 f5 4 x0 y0 / label 5 / deallocate 1 / return", "");
    assert_eq!(layout.clears, [(4, Register::Y(0))]);
    let layout = check("bif1 f5 4 x0 x1 / return / label 5 / move x1 x0 / return", "");
    assert_eq!(layout.clears, [(3, Register::X(1))], "the function may have failed");
    let layout = check("bif1 f5 4 x0 x1 / return / label 5 / test_heap 0 2 / return", "");
    assert_eq!(layout.clears, [(3, Register::X(1))]);
    check("is_nil f5 x0 / bif1 f5 4 x0 x1 / return / label 5 / move x1 x0 / return", UNSET_X);
}

#[test]
fn heap_space() {
    check("test_heap 2 1 / put_list x0 [] x0 / return", "");
    check("test_heap 1 1 / put_list x0 [] x0 / return", NO_HEAP);
    check("put_list x0 [] x0 / return", NO_HEAP);
    check("test_heap 4 1 / put_list x0 [] x0 / put_list x0 [] x0 / put_list x0 [] x0 / return", NO_HEAP);
    check("test_heap 4 1 / put_tuple2 x0 ( x0 a #1 ) / return", "");
    check("test_heap 3 1 / put_tuple2 x0 ( x0 a #1 ) / return", NO_HEAP);
    check("test_heap 4 1 / gc_bif2 f0 1 5 x0 x0 x0 / put_list x0 [] x0 / return", NO_HEAP);
    check("test_heap {1,0,1} 1 / make_fun3 0 x0 ( x0 ) / return", "");
    check("test_heap {1,0,0} 1 / make_fun3 0 x0 ( x0 ) / return", NO_HEAP);
    check("test_heap {0,0,1} 1 / make_fun3 0 x0 ( x0 ) / return", NO_HEAP);
    check("test_heap {0,1,0} 1 / fconv x0 fr0 / fmove fr0 x0 / return", "");
    check("test_heap 9 1 / fconv x0 fr0 / fmove fr0 x0 / return", NO_HEAP);
    check("test_heap 4 1 / update_record copy 3 x0 x0 ( 1 a 3 b ) / return", "");
    check("test_heap 3 1 / update_record copy 3 x0 x0 ( 1 a 3 b ) / return", NO_HEAP);
    check("is_nil f5 x0 / test_heap 2 1 / label 5 / put_list x0 [] x0 / return", NO_HEAP);
    check("allocate_heap 0 2 1 / put_list x0 [] x0 / deallocate 0 / return", "");
}

#[test]
fn binaries() {
    check("bs_init2 f0 4 0 1 0 x1 / bs_put_integer f0 #32 1 0 x0 / move x1 x0 / return", "");
    check("bs_put_integer f0 #32 1 0 x0 / return", "no binary is under construction");
    check("bs_put_string 3 0 / return", "no binary is under construction");
    check("bs_init2 f0 4 0 1 0 x1 / test_heap 0 1 / bs_put_string 3 0 / return", "no binary is under construction");
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 8 [] x0 #1 string 2 8 [] 0 #3 ) / return", "");
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 8 [] x1 #1 ) / return", UNSET_X);
    check("bs_create_bin f0 0 1 8 x0 ( integer 1 1 [] x0 x1 ) / return", UNSET_X);
    let matching =
        |commands: &str| format!("bs_start_match4 no_fail 1 x0 x0 / bs_match f5 x0 ( {commands} ) / label 5 / return");
    check(&matching("ensure_at_least 16 8 integer 1 [] 8 1 x1 skip 8"), "");
    check(&matching("ensure_at_least 16 8 integer 2 [] 8 1 x1 skip 8"), NOT_LIVE);
    check(&matching("ensure_exactly 8 =:= [] 8 65"), "");
    check(&matching("ensure_at_least 16 8 integer 1 lit1 2 8 x1 get_tail 2 8 x2"), "");
}

#[test]
fn receiving() {
    let waiting = "label 7 / wait f5";
    check(&format!("label 5 / loop_rec f7 x0 / remove_message / return / {waiting}"), "");
    check(&format!("label 5 / loop_rec f7 x1 / remove_message / return / {waiting}"), NOT_LIVE);
    check(&format!("move x0 x1 / label 5 / loop_rec f7 x0 / swap x0 x1 / return / {waiting}"), UNSET_X);
    check(&format!("label 5 / loop_rec f7 x0 / is_nil f6 x0 / return / label 6 / loop_rec_end f5 / {waiting}"), "");
    check("label 5 / wait_timeout f5 x0 / timeout / move ok x0 / return", "");
    check("label 5 / wait_timeout f5 x1 / timeout / move ok x0 / return", UNSET_X);
    check("label 5 / wait_timeout f5 #5 / return", NOT_LIVE);
    check("send / return", NOT_LIVE);
    check("move x0 x1 / send / move x1 x0 / return", UNSET_X);
}

#[test]
fn changes_of_tuples() {
    let set = |text: &str| {
        format!(
            "move x0 x1 / move a x2 / allocate 1 3 / move x0 y0 / move #1 x0 / call_ext 3 2 / {text} / deallocate 1 / return"
        )
    };
    let not_new = "it changes a tuple that is not new";
    let itself = "a tuple becomes part of itself";
    check(&set("set_tuple_element a x0 1 / set_tuple_element y0 x0 0"), "");
    check(&set("get_tuple_element y0 1 x1 / set_tuple_element x1 x0 1"), "");
    check(&set("move x0 x1 / set_tuple_element y0 x1 1"), "");
    check(&set("set_tuple_element x0 x0 1"), itself);
    check(&set("move x0 x1 / set_tuple_element x1 x0 1"), itself);
    check(&set("move x0 y0 / move y0 x1 / set_tuple_element x1 y0 1"), itself);
    check(&set("set_tuple_element a y0 1"), not_new);
    check(&set("move y0 x0 / set_tuple_element a x0 1"), not_new);
    check(&set("test_heap 2 1 / put_list x0 [] x1 / set_tuple_element x1 x0 1"), not_new);
    check(&set("get_tuple_element x0 1 x1 / set_tuple_element x1 x0 1"), not_new);
    check(&set("label 5 / set_tuple_element a x0 1"), not_new);
    check(&set("is_nil f5 x0 / move y0 x0 / label 5 / set_tuple_element a x0 1"), not_new);
    check("set_tuple_element a x0 1 / return", not_new);
}
