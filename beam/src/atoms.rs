//! Atoms that the machine itself uses, as constants, and the table of all atoms that are there from the beginning.

mod names;

use crate::term::Term;

/// The names of the first atoms, by number.
pub const NAMES: &[&str] = &names::NAMES;

/// The atom of a name that is in the table.
const fn named(name: &str) -> Term {
    Term::atom(number(name) as u32)
}

/// The names from one to another that are in the table.
pub(crate) const fn between(first: &str, last: &str) -> &'static [&'static str] {
    let (upto, _) = NAMES.split_at(number(last) + 1);
    upto.split_at(number(first)).1
}

const fn number(name: &str) -> usize {
    let mut number = 0;
    while !same(names::NAMES[number].as_bytes(), name.as_bytes()) {
        number += 1;
    }
    number
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

macro_rules! atoms {
    ($($id:ident $name:literal),* $(,)?) => {
        $(#[doc = concat!("The atom `", $name, "`.")] pub const $id: Term = named($name);)*
    };
}

atoms! {
    FALSE "false", TRUE "true", UNDEFINED "undefined", NIL "nil", OK "ok", ERROR "error", EXIT "EXIT", THROW "throw",
    LC_EXIT "exit", NORMAL "normal", KILL "kill", KILLED "killed", SHUTDOWN "shutdown", NOPROC "noproc",
    NOCONNECTION "noconnection", BADARG "badarg", BADARITH "badarith", BADMATCH "badmatch", BADRECORD "badrecord",
    BADMAP "badmap", BADKEY "badkey", BADFUN "badfun", BADARITY "badarity", FUNCTION_CLAUSE "function_clause",
    CASE_CLAUSE "case_clause", IF_CLAUSE "if_clause", TRY_CLAUSE "try_clause", UNDEF "undef", NOCATCH "nocatch",
    SYSTEM_LIMIT "system_limit", TIMEOUT_VALUE "timeout_value", NOTSUP "notsup", INFINITY "infinity",
    TIMEOUT "timeout", DOWN "DOWN", PROCESS "process", ERLANG "erlang", MODULE "module", LINE "line", FILE "file",
    ERROR_INFO "error_info", CAUSE "cause", ERL_ERTS_ERRORS "erl_erts_errors", ERL_STDLIB_ERRORS "erl_stdlib_errors",
    ERL_KERNEL_ERRORS "erl_kernel_errors", ERROR_HANDLER "error_handler", UNDEFINED_FUNCTION "undefined_function",
    UNDEFINED_LAMBDA "undefined_lambda", MODULE_INFO "module_info", APPLY "apply", EMPTY "", NONODE "nonode@nohost",
    LISTS "lists", MAPS "maps", BINARY "binary", ETS "ets", RE "re", UNICODE "unicode", MATH "math", LATIN1 "latin1",
    UTF8 "utf8", UTF16 "utf16", UTF32 "utf32", BIG "big", LITTLE "little", NATIVE "native", SIGNED "signed",
    UNSIGNED "unsigned", INCOMPLETE "incomplete", NOMATCH "nomatch", ALL "all", GLOBAL "global", SCOPE "scope",
    TRIM "trim", TRIM_ALL "trim_all", NONE "none", INTEGER "integer", FLOAT "float", ATOM "atom", LIST "list",
    TUPLE "tuple", MAP "map", FUN "fun", PID "pid", PORT "port", REFERENCE "reference", BITSTRING "bitstring",
    MINUS "-", PLUS "+", TIMES "*", DIV "/", LC_DIV "div", REM "rem", BAND "band", BOR "bor", BXOR "bxor",
    BNOT "bnot", BSL "bsl", BSR "bsr", AND "and", OR "or", XOR "xor", NOT "not", EQ "==", NEQ "/=", EXACT_EQ "=:=",
    EXACT_NEQ "=/=", LT "<", GT ">", LE "=<", GE ">=", APPEND "++", SUBTRACT "--", INIT "init", KERNEL "kernel",
    STDLIB "stdlib", CODE "code", NEW "new", EXTERNAL "external", LOCAL "local", TYPE "type", NAME "name",
    ARITY "arity", ENV "env", INDEX "index", NEW_INDEX "new_index", NEW_UNIQ "new_uniq", UNIQ "uniq",
    TRAP_EXIT "trap_exit", PRIORITY "priority", MAX_HEAP_SIZE "max_heap_size", MESSAGE_QUEUE_LEN "message_queue_len",
    MESSAGES "messages", DICTIONARY "dictionary", CURRENT_FUNCTION "current_function",
    CURRENT_LOCATION "current_location", CURRENT_STACKTRACE "current_stacktrace", INITIAL_CALL "initial_call",
    STATUS "status", RUNNING "running", WAITING "waiting", RUNNABLE "runnable",
    GARBAGE_COLLECTING "garbage_collecting", SUSPENDED "suspended", EXITING "exiting", REDUCTIONS "reductions",
    HEAP_SIZE "heap_size", TOTAL_HEAP_SIZE "total_heap_size", STACK_SIZE "stack_size", MEMORY "memory",
    GARBAGE_COLLECTION "garbage_collection", GROUP_LEADER "group_leader", LINKS "links", MONITORS "monitors",
    MONITORED_BY "monitored_by", REGISTERED_NAME "registered_name", BACKTRACE "backtrace",
    MIN_HEAP_SIZE "min_heap_size", FULLSWEEP_AFTER "fullsweep_after", START "start", VALUE "value", KEY "key",
    SIZE "size", EXPORTS "exports", IMPORTS "imports", ATTRIBUTES "attributes", COMPILE "compile",
    FUNCTIONS "functions", MD5 "md5", NATIVE_ADDRESSES "native_addresses", NIFS "nifs", HD "hd", TL "tl",
    ELEMENT "element", TUPLE_SIZE "tuple_size", MAP_GET "map_get", LENGTH "length", SEND "!",
    HANDLE_UNDEFINED_FUNCTION "$handle_undefined_function", ITERATOR "iterator", UNIT "unit", SHORT "short",
    INVALID "invalid", NO_FLOAT "no_float", STRING "string", FUNCTION "function", FORMAT_BS_FAIL "format_bs_fail",
    BM "bm", AC "ac", BADOPT "badopt", RE_PATTERN "re_pattern", MATCH "match", ALL_NAMES "all_names",
    ALL_BUT_FIRST "all_but_first", FIRST "first", NAMELIST "namelist", UCOMPILE "ucompile", URUN "urun", GRUN "grun",
    RE_RUN_TRAP "re_run_trap", MATCH_LIMIT "match_limit", MATCH_LIMIT_RECURSION "match_limit_recursion",
    INTERNAL_ERROR "internal_error",
}
