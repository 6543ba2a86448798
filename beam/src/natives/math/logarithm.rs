//! The decimal logarithm, in the steps that C libraries take.

use std::f64::consts::LOG10_E;

/// log10 2 in two parts: the first has few enough bits that its product with an exponent is exact.
const LOG10_2_HIGH: f64 = 0.301_029_995_663_611_77;
const LOG10_2_LOW: f64 = 3.694_239_077_158_931e-13;

pub(super) fn log10(x: f64) -> f64 {
    // Also true for NaN, which must not be taken apart.
    if !(x > 0.0 && x.is_finite()) {
        return f64::NAN;
    }
    let (mantissa, exponent) = libm::frexp(x);
    // With a mantissa from 1 up for positive exponents and below 1 for negative ones both terms of the sum have one sign.
    let exponent = exponent - 1;
    let (mantissa, exponent) = if exponent < 0 { (mantissa, exponent + 1) } else { (2.0 * mantissa, exponent) };
    let exponent = f64::from(exponent);
    exponent * LOG10_2_LOW + LOG10_E * pxfm::f_log(mantissa) + exponent * LOG10_2_HIGH
}
