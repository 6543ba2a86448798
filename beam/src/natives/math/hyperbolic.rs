//! Hyperbolic functions in the steps that C libraries take, as their rounding errors show in the last digit.

use std::f64::consts::LN_2;

use libm::{expm1, log1p};
use pxfm::{f_exp as exp, f_log as log};

/// From here on adding or subtracting 1 under a root changes nothing: 2^28.
const LARGE: f64 = 268_435_456.0;
/// From here on `exp(-x)` is nothing beside `exp(x)`.
const ONE_SIDED: f64 = 22.0;
/// Beyond, `exp` overflows where its half would not.
const EXP_LIMIT: f64 = 709.782_712_893_384;

pub(super) fn asinh(x: f64) -> f64 {
    let size = x.abs();
    if size < 1.0 / LARGE {
        return x;
    }
    let square = size * size;
    let value = if size > LARGE {
        log(size) + LN_2
    } else if size > 2.0 {
        log(2.0 * size + 1.0 / ((square + 1.0).sqrt() + size))
    } else {
        log1p(size + square / (1.0 + (1.0 + square).sqrt()))
    };
    value.copysign(x)
}

pub(super) fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        return f64::NAN;
    }
    if x >= LARGE {
        return log(x) + LN_2;
    }
    if x > 2.0 {
        return log(2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt()));
    }
    let above = x - 1.0;
    log1p(above + (2.0 * above + above * above).sqrt())
}

pub(super) fn sinh(x: f64) -> f64 {
    let half = 0.5_f64.copysign(x);
    let size = x.abs();
    if size >= ONE_SIDED {
        return one_sided(half, size);
    }
    if size < 1.0 / LARGE {
        return x;
    }
    let t = expm1(size);
    if size < 1.0 { half * (2.0 * t - t * t / (t + 1.0)) } else { half * (t + t / (t + 1.0)) }
}

pub(super) fn cosh(x: f64) -> f64 {
    let size = x.abs();
    if size >= ONE_SIDED {
        return one_sided(0.5, size);
    }
    if size >= 0.5 * LN_2 {
        let t = exp(size);
        return 0.5 * t + 0.5 / t;
    }
    let t = expm1(size);
    let w = 1.0 + t;
    1.0 + (t * t) / (w + w)
}

pub(super) fn tanh(x: f64) -> f64 {
    let size = x.abs();
    let value = if size >= ONE_SIDED {
        1.0
    } else if size >= 1.0 {
        1.0 - 2.0 / (expm1(2.0 * size) + 2.0)
    } else {
        let t = expm1(-2.0 * size);
        -t / (t + 2.0)
    };
    value.copysign(x)
}

fn one_sided(half: f64, size: f64) -> f64 {
    if size < EXP_LIMIT {
        return half * exp(size);
    }
    let root = exp(0.5 * size);
    (half * root) * root
}
