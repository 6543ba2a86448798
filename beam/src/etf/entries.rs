//! Entries of funs and exports that a term brings with it.

use crate::code::FunEntry;
use crate::image::{Image, Mfa};

/// Number of the entry of an external fun, made if it is new. A new one has no code.
pub fn export_entry(image: &mut Image, mfa: Mfa) -> u32 {
    image.code.export(mfa)
}

/// Number of the entry of a local fun, made if it is new. One whose module is not loaded has no code.
pub fn fun_entry(image: &mut Image, entry: FunEntry) -> u32 {
    let key = entry.key();
    let same =
        |e: &FunEntry| (e.arity, e.free, e.old_uniq) == (entry.arity, entry.free, entry.old_uniq) && e.key() == key;
    let code = &mut image.code;
    match code.fun_number(key) {
        Some(number) if same(&code.funs[number as usize]) => return number,
        // A fun with the key of another one cannot come from a compiled module, so it need not be found fast.
        Some(_) => {
            if let Some(number) = code.funs.iter().position(same) {
                return number as u32;
            }
        }
        None => {}
    }
    code.add_fun(entry)
}
