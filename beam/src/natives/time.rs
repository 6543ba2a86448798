//! Clocks: monotonic time, system time and the offset between them (OTP: Time and Time Correction in Erlang).
//!
//! The native time unit is the nanosecond. All clocks are the machine's virtual time.

use num_bigint::BigInt;

use super::Native;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Clock natives.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "monotonic_time", 0, monotonic_time),
    Native::new("erlang", "monotonic_time", 1, monotonic_time_in),
    Native::new("erlang", "system_time", 0, system_time),
    Native::new("erlang", "system_time", 1, system_time_in),
    Native::new("erlang", "time_offset", 0, time_offset),
    Native::new("erlang", "time_offset", 1, time_offset_in),
    Native::new("erlang", "timestamp", 0, timestamp),
    Native::new("erts_internal", "time_unit", 0, time_unit),
    Native::new("erts_internal", "perf_counter_unit", 0, time_unit),
    Native::new("os", "system_time", 0, system_time),
    Native::new("os", "system_time", 1, system_time_in),
    Native::new("os", "timestamp", 0, timestamp),
    Native::new("os", "perf_counter", 0, monotonic_time),
];

/// Native time units in a second.
const UNITS_PER_SECOND: i64 = 1_000_000_000;

fn monotonic_time(vm: &mut Vm, _: &[Term]) -> Outcome {
    let now = vm.host.monotonic_time();
    Ok(vm.heap.int(now))
}

fn monotonic_time_in(vm: &mut Vm, args: &[Term]) -> Outcome {
    let now = vm.host.monotonic_time();
    convert(vm, now, args[0])
}

fn system_time(vm: &mut Vm, _: &[Term]) -> Outcome {
    let now = vm.host.system_time();
    Ok(vm.heap.int(now))
}

fn system_time_in(vm: &mut Vm, args: &[Term]) -> Outcome {
    let now = vm.host.system_time();
    convert(vm, now, args[0])
}

fn offset(vm: &mut Vm) -> i64 {
    vm.host.system_time().saturating_sub(vm.host.monotonic_time())
}

fn time_offset(vm: &mut Vm, _: &[Term]) -> Outcome {
    let offset = offset(vm);
    Ok(vm.heap.int(offset))
}

fn time_offset_in(vm: &mut Vm, args: &[Term]) -> Outcome {
    let offset = offset(vm);
    convert(vm, offset, args[0])
}

fn time_unit(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(Term::small(UNITS_PER_SECOND))
}

fn timestamp(vm: &mut Vm, _: &[Term]) -> Outcome {
    let micros = vm.host.system_time().div_euclid(1000);
    let seconds = micros.div_euclid(1_000_000);
    let parts = [seconds.div_euclid(1_000_000), seconds.rem_euclid(1_000_000), micros.rem_euclid(1_000_000)];
    Ok(vm.heap.tuple(&parts.map(Term::small)))
}

/// A time in native units as a number of the units that a program named, rounded down.
fn convert(vm: &mut Vm, native: i64, unit: Term) -> Outcome {
    let parts = parts_per_second(vm, unit)?;
    let scaled = BigInt::from(native) * parts;
    let (mut quotient, remainder) = (&scaled / UNITS_PER_SECOND, &scaled % UNITS_PER_SECOND);
    if remainder < BigInt::ZERO {
        quotient -= 1;
    }
    Ok(vm.heap.bigint(&quotient))
}

/// How many of a unit (`erlang:time_unit()`, or one of its deprecated names) make a second.
fn parts_per_second(vm: &Vm, unit: Term) -> Result<BigInt, Fail> {
    if let Some(parts) = unit.bigint() {
        return if parts > BigInt::ZERO { Ok(parts) } else { Err(Fail::BADARG) };
    }
    let parts = match vm.atom_name(unit) {
        "second" | "seconds" => 1,
        "millisecond" | "milli_seconds" => 1_000,
        "microsecond" | "micro_seconds" => 1_000_000,
        "nanosecond" | "nano_seconds" | "native" | "perf_counter" => UNITS_PER_SECOND,
        _ => return Err(Fail::BADARG),
    };
    Ok(BigInt::from(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::ImageRef;
    use crate::natives::table::check;

    #[test]
    fn units_are_those_of_otp() {
        check(
            "\
erlang:monotonic_time(second) => 0
erlang:monotonic_time(seconds) => 0
erlang:monotonic_time(milli_seconds) => 0
erlang:monotonic_time(perf_counter) => 0
erlang:monotonic_time(1180591620717411303424) => 0
erlang:monotonic_time(0) => error: badarg
erlang:monotonic_time(-1) => error: badarg
erlang:monotonic_time(1.0) => error: badarg
erlang:monotonic_time(foo) => error: badarg
erlang:system_time(foo) => error: badarg
erlang:time_offset(foo) => error: badarg
os:system_time(foo) => error: badarg
erlang:timestamp() => {0,0,0}
erts_internal:time_unit() => 1000000000
",
        );
    }

    #[test]
    fn conversion_rounds_down() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(crate::host::NoHost::new()), Term::pid(1));
        let units = ["second", "millisecond", "microsecond", "nanosecond"].map(|unit| vm.atom(unit).unwrap());
        for (native, expected) in [
            (1_999_999_999, [1, 1_999, 1_999_999, 1_999_999_999]),
            (-1, [-1, -1, -1, -1]),
            (
                -576_460_751_811_281_909,
                [-576_460_752, -576_460_751_812, -576_460_751_811_282, -576_460_751_811_281_909],
            ),
        ] {
            let found = units.map(|unit| convert(&mut vm, native, unit).unwrap().as_small());
            assert_eq!(found, expected);
        }
        let huge = vm.heap.bigint(&(BigInt::from(1) << 70));
        let found = convert(&mut vm, -576_460_751_811_281_909, huge).unwrap().bigint().unwrap();
        assert_eq!(found, BigInt::parse_bytes(b"-680564733260858702552713303205", 10).unwrap());
    }
}
