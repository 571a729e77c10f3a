//! Floating-point numbers as Go's `strconv` writes and reads them.

use lethe::letheql::quote::quoted;

/// How digits are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `-1.5e+06`
    Exponent,
    /// `-1500000`
    Point,
    /// The exponent for very large and small numbers, else the point.
    Shorter,
    /// `-0x1.8p+20`
    Hexadecimal,
    /// `-6755399441055744p-32`
    Binary,
}

/// More digits than a float has behind its point; any further one is a zero,
/// and the standard library refuses precisions of 65 536 and more.
const MAX_DIGITS: usize = 1_100;

/// The number as text; without a precision, in the fewest digits that read
/// back as the same number.
pub(crate) fn format(value: f64, layout: Layout, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    match (layout, precision) {
        (Layout::Exponent, None) => exponent(&format!("{value:e}")),
        (Layout::Exponent, Some(digits)) => {
            let written = format!("{value:.*e}", digits.min(MAX_DIGITS));
            let (mantissa, power) = written.split_once('e').unwrap_or((&written, "0"));
            let zeros = "0".repeat(digits.saturating_sub(MAX_DIGITS));
            exponent(&format!("{mantissa}{zeros}e{power}"))
        }
        (Layout::Point, None) => format!("{value}"),
        (Layout::Point, Some(digits)) => {
            let mut text = format!("{value:.*}", digits.min(MAX_DIGITS));
            text.extend(std::iter::repeat_n('0', digits.saturating_sub(MAX_DIGITS)));
            text
        }
        (Layout::Shorter, precision) => shorter(value, precision),
        (Layout::Hexadecimal, precision) => hexadecimal(value, precision),
        (Layout::Binary, _) => binary(value),
    }
}

/// Rust's `1.5e6` as Go's `1.5e+06`.
fn exponent(written: &str) -> String {
    let (mantissa, power) = written.split_once('e').unwrap_or((written, "0"));
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{mantissa}e{sign}{power:0>2}")
}

fn shorter(value: f64, precision: Option<usize>) -> String {
    let precision = precision.map(|digits| digits.max(1));
    let written = match precision {
        None => format!("{value:e}"),
        Some(digits) => format!("{value:.*e}", (digits - 1).min(MAX_DIGITS)),
    };
    let (mantissa, power) = written.split_once('e').unwrap_or((&written, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let mantissa = if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    // Without a precision, Go decides as if it were six.
    let limit = i32::try_from(precision.unwrap_or(6)).unwrap_or(i32::MAX);
    if power < -4 || power >= limit {
        exponent(&format!("{mantissa}e{power}"))
    } else {
        with_point_behind(mantissa, power)
    }
}

/// `1.235` and a power of ten as `123.5`.
fn with_point_behind(mantissa: &str, power: i32) -> String {
    let mut text = String::with_capacity(mantissa.len() + 8);
    let whole = usize::try_from(power).map_or(0, |power| power + 1);
    let mut written = 0;
    for c in mantissa.chars().filter(|c| *c != '.') {
        if c == '-' {
            text.push(c);
            continue;
        }
        if written == whole {
            text.push_str(if whole == 0 { "0." } else { "." });
            let zeros = usize::try_from(-1 - power).unwrap_or(0);
            text.extend(std::iter::repeat_n('0', zeros));
        }
        text.push(c);
        written += 1;
    }
    text.extend(std::iter::repeat_n('0', whole.saturating_sub(written)));
    text
}

fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (mut mantissa, mut power) = parts(value);
    if mantissa == 0 {
        power = 0;
    } else {
        let shift = mantissa.leading_zeros() - 11;
        mantissa <<= shift;
        power += 52 - i32::try_from(shift).unwrap_or(0);
    }
    if let Some(digits) = precision.filter(|digits| *digits < 13) {
        let dropped = 52 - 4 * digits;
        let half = 1u64 << (dropped - 1);
        let rest = mantissa & ((1 << dropped) - 1);
        mantissa >>= dropped;
        if rest > half || rest == half && mantissa & 1 == 1 {
            mantissa += 1;
        }
        mantissa <<= dropped;
        if mantissa >> 53 == 1 {
            mantissa >>= 1;
            power += 1;
        }
    }
    let fraction = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(digits) => format!("{fraction:0<digits$.digits$}"),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let power_sign = if power < 0 { '-' } else { '+' };
    let power = power.unsigned_abs();
    format!(
        "{sign}0x{}{point}{fraction}p{power_sign}{power:02}",
        mantissa >> 52
    )
}

fn binary(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (mantissa, power) = parts(value);
    format!("{sign}{mantissa}p{power:+}")
}

/// Mantissa and power of two: the number is their product.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0) {
        0 => (fraction, -1074),
        power => (fraction | 1 << 52, power - 1075),
    }
}

/// Why a text is no number, in Go's words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("strconv.ParseFloat: parsing {}: {reason}", quoted(text))]
pub(crate) struct FloatError {
    text: String,
    reason: &'static str,
}

/// Reads a number: decimal, with `_` between digits, hexadecimal with an
/// exponent of two, or infinite.
pub(crate) fn parse(text: &str) -> Result<f64, FloatError> {
    let error = |reason| FloatError {
        text: text.to_owned(),
        reason,
    };
    let invalid = || error("invalid syntax");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let starts_hexadecimal = unsigned.starts_with("0x") || unsigned.starts_with("0X");
    let value = if starts_hexadecimal {
        let magnitude = parse_hexadecimal(&unsigned[2..]).ok_or_else(invalid)?;
        if text.starts_with('-') {
            -magnitude
        } else {
            magnitude
        }
    } else {
        let digits = without_underscores(text).ok_or_else(invalid)?;
        digits.parse::<f64>().map_err(|_| invalid())?
    };
    let letters = unsigned.trim_start_matches(|c: char| c.is_ascii_digit());
    if value.is_nan() && unsigned.len() < text.len() {
        return Err(invalid());
    }
    if value.is_infinite() && letters.len() < unsigned.len() {
        return Err(error("value out of range"));
    }
    Ok(value)
}

/// Without the `_` that stand between two digits, `None` for any other.
pub(crate) fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_hexdigit)
    };
    let are_between = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'_')
        .all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    are_between.then(|| text.replace('_', ""))
}

/// What stands behind `0x`: digits, perhaps a point, and `p` with a power.
fn parse_hexadecimal(text: &str) -> Option<f64> {
    let text = without_underscores(text)?;
    let (mantissa, power) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0f64;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let power: i32 = power.parse().ok()?;
    let shift = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    Some(value * 2f64.powi(power.saturating_sub(shift)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_digits_turn_to_exponents_where_go_does() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (100_000.0, "100000"),
            (1_000_000.0, "1e+06"),
            (1_234_567.891, "1.234567891e+06"),
            (123_456_789_012.0, "1.23456789012e+11"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (1e100, "1e+100"),
            (97.5, "97.5"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(format(value, Layout::Shorter, None), expected);
        }
    }

    #[test]
    fn precisions() {
        for (value, layout, precision, expected) in [
            (1_234_567.891, Layout::Shorter, 4, "1.235e+06"),
            (99_999.0, Layout::Shorter, 4, "1e+05"),
            (1234.0, Layout::Shorter, 4, "1234"),
            (0.5, Layout::Shorter, 0, "0.5"),
            (120.0, Layout::Shorter, 10, "120"),
            (123_456.0, Layout::Shorter, 10, "123456"),
            (-0.000_123_45, Layout::Shorter, 3, "-0.000123"),
            (-12.5, Layout::Shorter, 10, "-12.5"),
            (2.5, Layout::Point, 0, "2"),
            (0.5, Layout::Point, 0, "0"),
            (1.5, Layout::Point, 0, "2"),
            (1.0, Layout::Exponent, 2, "1.00e+00"),
            (1.0, Layout::Hexadecimal, 0, "0x1p+00"),
            (1.5, Layout::Hexadecimal, 3, "0x1.800p+00"),
            (1.99, Layout::Hexadecimal, 1, "0x1.0p+01"),
        ] {
            let text = format(value, layout, Some(precision));
            assert_eq!(text, expected, "{value} {layout:?} {precision}");
        }
        assert_eq!(format(1.0, Layout::Point, Some(2_000)).len(), 2_002);
        assert_eq!(format(1.0, Layout::Exponent, Some(2_000)).len(), 2_006);
        assert_eq!(format(1.0, Layout::Binary, None), "4503599627370496p-52");
        assert_eq!(format(-3.25, Layout::Hexadecimal, None), "-0x1.ap+01");
    }

    #[test]
    fn reads_what_go_reads() {
        for (text, expected) in [
            ("12345", 12345.0),
            ("1_000", 1000.0),
            ("0x10p0", 16.0),
            ("-0x1.8p1", -3.0),
            ("Inf", f64::INFINITY),
            ("-infinity", f64::NEG_INFINITY),
            (".5", 0.5),
            ("5.", 5.0),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        assert!(parse("nan").is_ok_and(f64::is_nan));
        for (text, expected) in [
            (
                "node",
                r#"strconv.ParseFloat: parsing "node": invalid syntax"#,
            ),
            ("", r#"strconv.ParseFloat: parsing "": invalid syntax"#),
            (
                "0x10",
                r#"strconv.ParseFloat: parsing "0x10": invalid syntax"#,
            ),
            (
                "1__0",
                r#"strconv.ParseFloat: parsing "1__0": invalid syntax"#,
            ),
            (
                "+nan",
                r#"strconv.ParseFloat: parsing "+nan": invalid syntax"#,
            ),
            (
                "1e400",
                r#"strconv.ParseFloat: parsing "1e400": value out of range"#,
            ),
        ] {
            assert_eq!(
                parse(text).map_err(|it| it.to_string()),
                Err(expected.to_owned())
            );
        }
    }
}
