//! Floats as text.

/// The shortest text that reads back as the same float, as `float_to_list(F, [short])` gives it: in decimal or scientific
/// notation, whichever is shorter, and in scientific notation from 2^53 on.
pub fn short(value: f64) -> String {
    let text = format!("{value:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = even_of_two(value, digits);
    let (first, rest) = digits.split_at(1);
    let rest = if rest.is_empty() { "0" } else { rest };
    let scientific = format!("{first}.{rest}e{exponent}");
    let decimal = decimal(&digits, exponent);
    let is_scientific = value.abs() >= 9_007_199_254_740_992.0 || scientific.len() < decimal.len();
    format!("{sign}{}", if is_scientific { scientific } else { decimal })
}

/// Where a float lies exactly between two texts of the fewest digits, the one that ends in an even digit.
fn even_of_two(value: f64, digits: String) -> String {
    // More digits than any float that lies between two such texts has.
    let exact = format!("{:.40e}", value.abs());
    let exact: String = exact.chars().take_while(|c| *c != 'e').filter(char::is_ascii_digit).collect();
    let (head, tail) = exact.split_at(digits.len());
    let is_tie = tail.starts_with('5') && tail[1..].bytes().all(|b| b == b'0');
    let is_even = head.ends_with(['0', '2', '4', '6', '8']);
    if is_tie && is_even && head != digits && reads_back(value, head) { head.into() } else { digits }
}

/// Whether digits, with the point behind the first one and the exponent of a float, are that float.
fn reads_back(value: f64, digits: &str) -> bool {
    let text = format!("{:e}", value.abs());
    let exponent = text.split_once('e').map_or("0", |(_, exponent)| exponent);
    let (first, rest) = digits.split_at(1);
    format!("{first}.{rest}e{exponent}").parse() == Ok(value.abs())
}

/// Digits whose first one stands before the power of ten given.
fn decimal(digits: &str, exponent: i32) -> String {
    let point = exponent + 1;
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize));
    }
    let point = point as usize;
    if point >= digits.len() {
        return format!("{digits}{}.0", "0".repeat(point - digits.len()));
    }
    let (whole, fraction) = digits.split_at(point);
    format!("{whole}.{fraction}")
}

/// As C's `%e`: six digits behind the point.
pub(super) fn six_digits(value: f64) -> String {
    let text = format!("{value:.6e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}
