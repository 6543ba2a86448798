//! Loads whatever the fuzzer makes up, as far as code that may run.
#![no_main]

use beam::loader::{Limits, parse, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { file: 1 << 20, code: 1 << 20, literals: 1 << 20 };
    if let Ok(file) = parse(bytes, &limits) {
        let _ = validate(&file);
    }
});
