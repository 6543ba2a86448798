//! IEEE 754 half precision (`float:16` segments), rounded once from a double to the nearest even value.

/// The double with the value of a half; nothing for an infinity or not-a-number.
pub fn to_double(bits: u16) -> Option<f64> {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * power_of_two(-24),
        31 => return None,
        _ => (1024.0 + fraction) * power_of_two(exponent - 25),
    };
    Some(sign * magnitude)
}

/// The half nearest to a finite double; an infinity where it is too large.
pub fn from_double(value: f64) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
    if exponent > 15 {
        return sign | 0x7c00;
    }
    if exponent < -25 {
        return sign;
    }
    let significand = bits & ((1 << 52) - 1) | 1 << 52;
    // A half has ten bits of fraction; below 2^-14 the step stays at 2^-24.
    let dropped = (42 + (-14 - exponent).max(0)) as u32;
    let kept = significand >> dropped;
    let rest = significand & ((1 << dropped) - 1);
    let middle = 1u64 << (dropped - 1);
    let up = rest > middle || rest == middle && kept & 1 == 1;
    let rounded = kept as u16 + u16::from(up);
    // The hidden bit adds one to the exponent, and so does a carry out of the fraction.
    let biased = if exponent >= -14 { (exponent + 14) as u16 } else { 0 };
    sign | ((biased << 10) + rounded)
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_survives_the_way_there_and_back() {
        for bits in 0..=u16::MAX {
            if let Some(value) = to_double(bits) {
                assert_eq!(from_double(value), bits, "{value}");
            }
        }
    }

    #[test]
    fn rounds_once_to_the_nearest_even() {
        let cases = [
            (0.1, 0x2e66),
            (1.0e-8, 0),
            (5.0e-8, 1),
            (2.98e-8, 0),
            (2.99e-8, 1),
            (-0.0, 0x8000),
            (2049.0, 0x6800),
            (2051.0, 0x6802),
            (65519.0, 0x7bff),
            (65520.0, 0x7c00),
            (1.0e300, 0x7c00),
            (-1.0e300, 0xfc00),
            (1.0 / 3.0, 0x3555),
            (1.0 + 1.0 / 2048.0 + 1.0 / 1_073_741_824.0, 0x3c01),
            (5.0e-324, 0),
        ];
        for (value, expected) in cases {
            assert_eq!(from_double(value), expected, "{value}");
        }
        assert_eq!(to_double(0x7c00), None);
        assert_eq!(to_double(0x7c01), None);
        assert_eq!(to_double(0x83ff), Some(-6.097555160522461e-5));
    }
}
