//! The error function and its complement, by the rational approximations that Sun published with `fdlibm` (s_erf.c, 1993) and in the
//! steps that glibc takes, as their rounding errors show in the last digit: polynomials are added up from pairs of terms.

use pxfm::f_exp as exp;

/// A quotient of two polynomials: their coefficients, the constant first.
struct Quotient {
    above: &'static [f64],
    below: &'static [f64],
}

impl Quotient {
    fn at(&self, x: f64) -> f64 {
        paired(self.above, x) / paired(self.below, x)
    }
}

/// A polynomial as `(a + bx) + x^2 (c + dx) + x^4 (e + fx) + ...`.
fn paired(coefficients: &[f64], x: f64) -> f64 {
    let square = x * x;
    let fourth = square * square;
    let powers = [1.0, square, fourth, fourth * square, fourth * fourth];
    let pairs = coefficients.chunks(2).map(|pair| if let [a, b] = pair { a + x * b } else { pair[0] });
    pairs.zip(powers).map(|(pair, power)| power * pair).reduce(|sum, part| sum + part).unwrap_or(0.0)
}

/// `erf(1)` as a float of single precision.
const AT_ONE: f64 = 0.845_062_911_510_467_5;
/// Below, `erf(x) = x + x Q(x^2)`.
const FIRST_END: f64 = 0.84375;
/// Below, `erf(x) = AT_ONE + Q(x - 1)`.
const SECOND_END: f64 = 1.25;
/// From here on 1 is nearer to `erf(x)` than any other float.
const FLAT: f64 = 6.0;
/// From here on `erfc(x)` is nearer to 0 than to any other float.
const VANISHED: f64 = 28.0;

/// Below [`FIRST_END`].
const FIRST: Quotient = Quotient {
    above: &[
        0.128_379_167_095_512_56,
        -0.325_042_107_247_001_5,
        -0.028_481_749_575_598_51,
        -0.005_770_270_296_489_442,
        -2.376_301_665_665_016_3e-5,
    ],
    below: &[
        1.0,
        0.397_917_223_959_155_35,
        0.065_022_249_988_767_3,
        0.005_081_306_281_875_766,
        0.000_132_494_738_004_321_64,
        -3.960_228_278_775_368e-6,
    ],
};
/// From there to [`SECOND_END`].
const SECOND: Quotient = Quotient {
    above: &[
        -0.002_362_118_560_752_659_4,
        0.414_856_118_683_748_33,
        -0.372_207_876_035_701_3,
        0.318_346_619_901_161_75,
        -0.110_894_694_282_396_68,
        0.035_478_304_325_618_236,
        -0.002_166_375_594_868_791,
    ],
    below: &[
        1.0,
        0.106_420_880_400_844_23,
        0.540_397_917_702_171,
        0.071_828_654_414_196_27,
        0.126_171_219_808_761_64,
        0.013_637_083_912_029_05,
        0.011_984_499_846_799_107,
    ],
};
/// From there to about 1 / 0.35.
const THIRD: Quotient = Quotient {
    above: &[
        -0.009_864_944_034_847_148,
        -0.693_858_572_707_181_8,
        -10.558_626_225_323_291,
        -62.375_332_450_326_006,
        -162.396_669_462_573_47,
        -184.605_092_906_711_04,
        -81.287_435_506_306_6,
        -9.814_329_344_169_145,
    ],
    below: &[
        1.0,
        19.651_271_667_439_257,
        137.657_754_143_519_04,
        434.565_877_475_229_23,
        645.387_271_733_267_9,
        429.008_140_027_567_83,
        108.635_005_541_779_44,
        6.570_249_770_319_282,
        -0.060_424_415_214_858_1,
    ],
};
/// Beyond.
const FOURTH: Quotient = Quotient {
    above: &[
        -0.009_864_942_924_700_1,
        -0.799_283_237_680_523,
        -17.757_954_917_754_752,
        -160.636_384_855_821_92,
        -637.566_443_368_389_6,
        -1_025.095_131_611_077_2,
        -483.519_191_608_651_4,
    ],
    below: &[
        1.0,
        30.338_060_743_482_46,
        325.792_512_996_573_9,
        1_536.729_586_084_437,
        3_199.858_219_508_595_5,
        2_553.050_406_433_164_4,
        474.528_541_206_955_37,
        -22.440_952_446_585_82,
    ],
};

/// `erfc(x)` where `x` is at least [`SECOND_END`]: `exp(-x^2 - 0.5625 + Q(1 / x^2)) / x`. `is_third` tells which approximation holds.
fn tail(x: f64, is_third: bool) -> f64 {
    let quotient = if is_third { &THIRD } else { &FOURTH }.at(1.0 / (x * x));
    // The upper half of x, whose square is exact.
    let upper = f64::from_bits(x.to_bits() & !0xffff_ffff);
    exp(-upper * upper - 0.5625) * exp((upper - x) * (upper + x) + quotient) / x
}

/// Upper half of a float, by which the last approximations are told apart: about 1 / 0.35.
fn is_below(x: f64, upper: u64) -> bool {
    x.to_bits() >> 32 < upper
}

/// `math:erf/1`
pub(super) fn erf(x: f64) -> f64 {
    let size = x.abs();
    if size < FIRST_END {
        // 2^-28: the square is nothing beside 1.
        const TINY: f64 = 1.0 / 268_435_456.0;
        const SLOPE: f64 = 0.128_379_167_095_512_6;
        return if size < TINY { x + SLOPE * x } else { x + x * FIRST.at(x * x) };
    }
    let value = match () {
        () if size < SECOND_END => AT_ONE + SECOND.at(size - 1.0),
        () if size >= FLAT => 1.0,
        () => 1.0 - tail(size, is_below(size, 0x4006_db6e)),
    };
    value.copysign(x)
}

/// `math:erfc/1`
pub(super) fn erfc(x: f64) -> f64 {
    let size = x.abs();
    if size < FIRST_END {
        // 2^-56: nothing beside 1.
        const TINY: f64 = 1.0 / 72_057_594_037_927_936.0;
        if size < TINY {
            return 1.0 - x;
        }
        let rest = x * FIRST.at(x * x);
        return if x < 0.25 { 1.0 - (x + rest) } else { 0.5 - (rest + (x - 0.5)) };
    }
    let is_negative = x < 0.0;
    if size < SECOND_END {
        let quotient = SECOND.at(size - 1.0);
        return if is_negative { 1.0 + (AT_ONE + quotient) } else { 1.0 - AT_ONE - quotient };
    }
    match is_negative {
        true if size >= FLAT => 2.0,
        true => 2.0 - tail(size, is_below(size, 0x4006_db6d)),
        false if size >= VANISHED => 0.0,
        false => tail(size, is_below(size, 0x4006_db6d)),
    }
}
