//! Comparing integers with floats exactly.
//!
//! Erlang/OTP compares a mixed pair without losing digits: below 2^53 as floats, above as integers, which is the
//! mathematical order of the two values.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::FromPrimitive;

/// Where floats stop having fractions that matter to a 64-bit integer.
const I64_LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// Orders an integer against a finite float by their values.
pub(crate) fn cmp_int_float(int: i64, float: f64) -> Ordering {
    if float >= I64_LIMIT {
        return Ordering::Less;
    }
    if float < -I64_LIMIT {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    // In range by the two tests above, so the conversion is exact.
    int.cmp(&(whole as i64)).then_with(|| 0.0_f64.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal))
}

/// Orders an integer outside 64 bits against a finite float by their values.
pub(crate) fn cmp_big_float(big: &BigInt, float: f64) -> Ordering {
    match BigInt::from_f64(float.trunc()) {
        // A float that large has no fraction, and one with a fraction is far from any such integer.
        Some(whole) => big.cmp(&whole),
        None => Ordering::Equal,
    }
}

/// The integer that equals this float, when there is one of 64 bits.
pub(crate) fn float_as_i64(float: f64) -> Option<i64> {
    (float.trunc() == float && (-I64_LIMIT..I64_LIMIT).contains(&float)).then_some(float as i64)
}

/// The integer that equals this float, when there is one outside 64 bits.
pub(crate) fn float_as_big(float: f64) -> Option<BigInt> {
    if float.trunc() == float && float_as_i64(float).is_none() { BigInt::from_f64(float) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_numbers_compare_by_value() {
        assert_eq!(cmp_int_float(1, 1.0), Ordering::Equal);
        assert_eq!(cmp_int_float(1, 1.5), Ordering::Less);
        assert_eq!(cmp_int_float(-1, -1.5), Ordering::Greater);
        assert_eq!(cmp_int_float((1 << 53) + 1, 9_007_199_254_740_992.0), Ordering::Greater);
        assert_eq!(cmp_int_float(i64::MAX, I64_LIMIT), Ordering::Less);
        assert_eq!(cmp_int_float(i64::MIN, -I64_LIMIT), Ordering::Equal);
        assert_eq!(cmp_big_float(&(BigInt::from(1) << 64), 18_446_744_073_709_551_616.0), Ordering::Equal);
        assert_eq!(cmp_big_float(&((BigInt::from(1) << 64) + 1), 18_446_744_073_709_551_616.0), Ordering::Greater);
    }
}
