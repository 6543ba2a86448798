//! Dates: conversion between seconds since 1970 and the proleptic Gregorian calendar. The machine's time zone is UTC.
//!
//! The ranges in which OTP accepts a date differ between its functions; they are kept as they are.

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Calendar natives.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "date", 0, date),
    Native::new("erlang", "time", 0, time),
    Native::new("erlang", "localtime", 0, universaltime),
    Native::new("erlang", "universaltime", 0, universaltime),
    Native::new("erlang", "universaltime_to_localtime", 1, universaltime_to_localtime),
    Native::new("erlang", "localtime_to_universaltime", 2, localtime_to_universaltime),
    Native::new("erlang", "universaltime_to_posixtime", 1, universaltime_to_posixtime),
    Native::new("erlang", "posixtime_to_universaltime", 1, posixtime_to_universaltime),
];

const SECONDS_PER_DAY: i64 = 86_400;
/// Days from 1 March of year 0 to 1 January 1970.
const DAYS_TO_1970: i64 = 719_468;
/// First year that the local time functions accept.
const FIRST_LOCAL_YEAR: i64 = 1902;
/// First year that the POSIX time functions accept.
const FIRST_POSIX_YEAR: i64 = 1600;
/// Last year that any of them accepts.
const LAST_YEAR: i64 = i32::MAX as i64 - 1;

/// A moment as a calendar and a clock show it.
struct DateTime {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl DateTime {
    /// The moment some seconds after 1970 began. In the years before 1 it counts as OTP does, whose division truncates.
    fn from_posix(seconds: i64) -> DateTime {
        let (days, clock) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
        let days = days + DAYS_TO_1970;
        let mut march_year = (10_000 * days + 14_780) / 3_652_425;
        let mut day_of_year = days - days_before(march_year);
        if day_of_year < 0 {
            march_year -= 1;
            day_of_year = days - days_before(march_year);
        }
        let march_month = (100 * day_of_year + 52) / 3_060;
        DateTime {
            year: march_year + (march_month + 2) / 12,
            month: (march_month + 2) % 12 + 1,
            day: day_of_year - (march_month * 306 + 5) / 10 + 1,
            hour: clock / 3_600,
            minute: clock / 60 % 60,
            second: clock % 60,
        }
    }

    /// Seconds since 1970 began.
    fn to_posix(&self) -> i64 {
        // The year begins in March here, so that the leap day is its last day.
        let march_month = (self.month + 9) % 12;
        let march_year = self.year - march_month / 10;
        let days = days_before(march_year) + (march_month * 306 + 5) / 10 + self.day - 1 - DAYS_TO_1970;
        days * SECONDS_PER_DAY + self.hour * 3_600 + self.minute * 60 + self.second
    }

    /// Reads `{{Year, Month, Day}, {Hour, Minute, Second}}`, a date that exists, of a year from `first_year` on.
    fn read(term: Term, first_year: i64) -> Result<DateTime, Fail> {
        let [date, time] = *term.tuple_of::<2>().ok_or(Fail::BADARG)?;
        let [year, month, day] = integers(date)?;
        let [hour, minute, second] = integers(time)?;
        let is_valid = (first_year..=LAST_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second);
        if is_valid { Ok(DateTime { year, month, day, hour, minute, second }) } else { Err(Fail::BADARG) }
    }

    fn date(&self, vm: &mut Vm) -> Term {
        vm.heap.tuple(&[self.year, self.month, self.day].map(Term::small))
    }

    fn time(&self, vm: &mut Vm) -> Term {
        vm.heap.tuple(&[self.hour, self.minute, self.second].map(Term::small))
    }

    fn write(&self, vm: &mut Vm) -> Term {
        let parts = [self.date(vm), self.time(vm)];
        vm.heap.tuple(&parts)
    }
}

/// Days of the years before a year that begins in March.
fn days_before(march_year: i64) -> i64 {
    365 * march_year + march_year / 4 - march_year / 100 + march_year / 400
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn integers(tuple: Term) -> Result<[i64; 3], Fail> {
    let mut values = [0; 3];
    for (value, element) in values.iter_mut().zip(tuple.tuple_of::<3>().ok_or(Fail::BADARG)?) {
        *value = element.small_value().ok_or(Fail::BADARG)?;
    }
    Ok(values)
}

fn now(vm: &mut Vm) -> DateTime {
    DateTime::from_posix(vm.host.system_time().div_euclid(1_000_000_000))
}

fn universaltime(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(now(vm).write(vm))
}

fn date(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(now(vm).date(vm))
}

fn time(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(now(vm).time(vm))
}

fn universaltime_to_localtime(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(DateTime::read(args[0], FIRST_LOCAL_YEAR)?.write(vm))
}

fn localtime_to_universaltime(vm: &mut Vm, args: &[Term]) -> Outcome {
    let local = DateTime::read(args[0], FIRST_LOCAL_YEAR)?;
    match args[1] {
        // A zone without summer time takes the caller's word for it and subtracts an hour, as `mktime` does.
        atoms::TRUE => Ok(DateTime::from_posix(local.to_posix() - 3_600).write(vm)),
        atoms::FALSE | atoms::UNDEFINED => Ok(local.write(vm)),
        _ => Err(Fail::BADARG),
    }
}

fn universaltime_to_posixtime(vm: &mut Vm, args: &[Term]) -> Outcome {
    let seconds = DateTime::read(args[0], FIRST_POSIX_YEAR)?.to_posix();
    Ok(vm.heap.int(seconds))
}

fn posixtime_to_universaltime(vm: &mut Vm, args: &[Term]) -> Outcome {
    let seconds = args[0].bigint().and_then(|n| i64::try_from(n).ok()).ok_or(Fail::BADARG)?;
    Ok(DateTime::from_posix(seconds).write(vm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::NoHost;
    use crate::image::ImageRef;

    fn date_time(vm: &mut Vm, [y, mo, d, h, mi, s]: [i64; 6]) -> Term {
        DateTime { year: y, month: mo, day: d, hour: h, minute: mi, second: s }.write(vm)
    }

    fn read_back(term: Term) -> [i64; 6] {
        let [date, time] = *term.tuple_of::<2>().unwrap();
        let ([y, mo, d], [h, mi, s]) = (integers(date).unwrap(), integers(time).unwrap());
        [y, mo, d, h, mi, s]
    }

    #[test]
    fn seconds_become_the_date_that_otp_shows() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
        for (seconds, expected) in [
            (0, [1970, 1, 1, 0, 0, 0]),
            (-1, [1969, 12, 31, 23, 59, 59]),
            (951_782_400, [2000, 2, 29, 0, 0, 0]),
            (-62_167_219_200, [-1, 12, 31, 0, 0, 0]),
            (-62_167_219_201, [-1, 12, 30, 23, 59, 59]),
            (-62_135_596_800, [1, 1, 1, 0, 0, 0]),
            (253_402_300_800, [10_000, 1, 1, 0, 0, 0]),
            (1 << 40, [36_812, 2, 20, 0, 36, 16]),
            (1 << 62, [146_138_514_283, 6, 19, 7, 45, 4]),
            (-(1 << 62), [-146_138_510_344, 7, 14, 16, 14, 56]),
            (67_768_036_191_676_800, [2_147_485_548, 1, 1, 0, 0, 0]),
            (-67_768_100_567_755_200, [-2_147_483_648, 1, 2, 12, 0, 0]),
        ] {
            let argument = vm.heap.int(seconds);
            let date = posixtime_to_universaltime(&mut vm, &[argument]).unwrap();
            assert_eq!(read_back(date), expected, "{seconds}");
        }
    }

    #[test]
    fn dates_are_accepted_in_the_ranges_of_otp() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
        for (date, posix, is_local) in [
            ([2020, 1, 1, 0, 0, 0], Some(1_577_836_800_i64), true),
            ([2020, 2, 29, 0, 0, 0], Some(1_582_934_400), true),
            ([1902, 1, 1, 0, 0, 0], Some(-2_145_916_800), true),
            ([1901, 1, 1, 0, 0, 0], Some(-2_177_452_800), false),
            ([1600, 1, 1, 0, 0, 0], Some(-11_676_096_000), false),
            ([1599, 1, 1, 0, 0, 0], None, false),
            ([100_000, 1, 1, 0, 0, 0], Some(3_093_527_980_800), true),
            ([2_147_483_646, 1, 1, 0, 0, 0], Some(67_767_976_170_460_800), true),
            ([2_147_483_647, 1, 1, 0, 0, 0], None, false),
            ([2020, 2, 30, 0, 0, 0], None, false),
            ([1900, 2, 29, 0, 0, 0], None, false),
            ([2020, 13, 1, 0, 0, 0], None, false),
            ([2020, 1, 1, 24, 0, 0], None, false),
            ([2020, 1, 1, 0, 60, 0], None, false),
            ([2020, 1, 1, 0, 0, 60], None, false),
        ] {
            let argument = date_time(&mut vm, date);
            let found = universaltime_to_posixtime(&mut vm, &[argument]).ok().and_then(|t| t.bigint());
            assert_eq!(found, posix.map(Into::into), "{date:?}");
            let local = universaltime_to_localtime(&mut vm, &[argument]).ok().map(read_back);
            assert_eq!(local, is_local.then_some(date), "{date:?}");
        }
        let first = date_time(&mut vm, [1902, 1, 1, 0, 0, 0]);
        let summer = localtime_to_universaltime(&mut vm, &[first, atoms::TRUE]).unwrap();
        assert_eq!(read_back(summer), [1901, 12, 31, 23, 0, 0]);
        assert_eq!(localtime_to_universaltime(&mut vm, &[first, atoms::OK]), Err(Fail::BADARG));
    }
}
