//! Text of a float in the forms that `float_to_list/2` offers.

/// Longest text of a fixed number of digits (OTP writes into a buffer of 256 bytes and gives up beyond).
const MAX_TEXT: usize = 255;
/// Up to here a float holds every integer: 2^53.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// Form of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Fewest digits that read back as the same float.
    Short,
    /// One digit, a point, a number of digits (at most 249) and an exponent.
    Scientific {
        /// Digits behind the point.
        digits: usize,
    },
    /// A number of digits (at most 253) behind the point, no exponent.
    Decimals {
        /// Digits behind the point.
        digits: usize,
        /// Whether zeros at the end are left out, except the first digit behind the point.
        compact: bool,
    },
}

impl Default for Format {
    /// The form of `float_to_list/1`.
    fn default() -> Format {
        Format::Scientific { digits: 20 }
    }
}

impl Format {
    /// The text, or nothing where it would be longer than OTP allows.
    pub fn text(self, value: f64) -> Option<String> {
        let text = match self {
            Format::Short => return Some(crate::print::float_short(value)),
            Format::Scientific { digits } => scientific(value, digits),
            Format::Decimals { digits, .. } => decimals(value, digits),
        };
        if text.len() > MAX_TEXT {
            return None;
        }
        Some(match self {
            // OTP 27 also cuts the zeros of a large number without point: 1.0e22 becomes "1".
            Format::Decimals { digits, compact: true } if digits > 0 || value.abs() > EXACT_INTEGERS => {
                without_zeros(text)
            }
            _ => text,
        })
    }
}

/// As C's `%.*e`.
fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{mantissa}e-{exponent:0>2}"),
        None => format!("{mantissa}e+{exponent:0>2}"),
    }
}

/// OTP rounds in steps of its own where numbers are small and digits few; elsewhere as C's `%.*f`.
fn decimals(value: f64, digits: usize) -> String {
    const FEW_DIGITS: usize = 19;
    let size = value.abs();
    if size > EXACT_INTEGERS || digits >= FEW_DIGITS {
        return format!("{value:.digits$}");
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if digits == 0 {
        return format!("{sign}{}", size.round() as u64);
    }
    let scale = 10_u64.pow(digits as u32);
    let whole = size.floor();
    let fraction = ((size - whole) * scale as f64).round();
    let (whole, fraction) =
        if fraction >= scale as f64 { (whole as u64 + 1, 0) } else { (whole as u64, fraction as u64) };
    format!("{sign}{whole}.{fraction:0digits$}")
}

fn without_zeros(text: String) -> String {
    let kept = text.trim_end_matches('0');
    if kept.ends_with('.') { format!("{kept}0") } else { kept.into() }
}
