//! Responsible for turning one number into digits: about three significant
//! ones, a fixed number of decimals, or an exponent where digits stop helping.
//!
//! Powers of ten are found by comparison, never by logarithms: `log10(1000.0)`
//! need not be exactly three, and the libraries of the host and of a browser
//! need not agree on it.

/// Below this, counting zeros is harder than reading an exponent.
const SMALL: f64 = 1e-6;
/// Above this, a double no longer tells neighbouring integers apart reliably.
const LARGE: f64 = 1e15;
/// More decimals than a double of everyday size can hold.
const MAX_DECIMALS: u8 = 15;

/// The digits of `value`: exactly `decimals` of them after the point, or by
/// default about three significant digits and never fewer than the integer part.
///
/// Not-a-number and the infinities are spelled as Prometheus spells them.
pub(super) fn fix(value: f64, decimals: Option<u8>) -> String {
    let magnitude = value.abs();
    if let Some(word) = not_finite(value) {
        return word.to_owned();
    }
    if magnitude >= LARGE {
        return scientific(value, decimals.unwrap_or(2));
    }
    match decimals {
        Some(decimals) => fixed(value, decimals),
        None if magnitude == 0.0 => "0".to_owned(),
        None if magnitude < SMALL => scientific(value, 2),
        None => {
            let rounded = round(value, None);
            fixed(rounded, shown_decimals(rounded))
        }
    }
}

/// `NaN`, `+Inf` or `-Inf`; nothing for a finite number.
pub(super) fn not_finite(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("+Inf")
    } else if value == f64::NEG_INFINITY {
        Some("-Inf")
    } else {
        None
    }
}

/// `value` rounded as [`fix`] will print it, half away from zero.
pub(super) fn round(value: f64, decimals: Option<u8>) -> f64 {
    let magnitude = value.abs();
    let decimals = match decimals {
        Some(decimals) => decimals.min(MAX_DECIMALS),
        None if (SMALL..LARGE).contains(&magnitude) => significant_decimals(magnitude),
        None => return value,
    };
    let shift = power_of_ten(decimals);
    let shifted = value * shift;
    if shifted.abs() < LARGE {
        shifted.round() / shift
    } else {
        value
    }
}

/// `value` with exactly `decimals` digits after the point.
pub(super) fn fixed(value: f64, decimals: u8) -> String {
    let decimals = decimals.min(MAX_DECIMALS);
    // Adding zero turns the negative zero that rounding leaves into `0`.
    let rounded = round(value, Some(decimals)) + 0.0;
    format!("{rounded:.*}", usize::from(decimals))
}

/// `1.50e+9`: one digit, `decimals` more, and a signed exponent.
pub(super) fn scientific(value: f64, decimals: u8) -> String {
    if let Some(word) = not_finite(value) {
        return word.to_owned();
    }
    let text = format!("{value:.*e}", usize::from(decimals.min(MAX_DECIMALS)));
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// The digits of [`fix`] with a comma after every third of the integer part.
pub(super) fn grouped(value: f64, decimals: Option<u8>) -> String {
    let text = fix(value, decimals);
    let start = text.len() - text.trim_start_matches('-').len();
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(text.len() + digits / 3);
    for (at, character) in text.char_indices() {
        let place = at.wrapping_sub(start);
        if place > 0 && place < digits && (digits - place) % 3 == 0 {
            out.push(',');
        }
        out.push(character);
    }
    out
}

/// Decimals that an already rounded number shows: none when it is whole, so
/// that `7` stays `7`, but `1.50` keeps its zero and columns stay aligned.
fn shown_decimals(rounded: f64) -> u8 {
    if rounded == rounded.trunc() {
        0
    } else {
        significant_decimals(rounded.abs())
    }
}

/// Decimals that give `magnitude` (greater than zero) three significant digits.
fn significant_decimals(magnitude: f64) -> u8 {
    let mut decimals = 2_u8;
    let mut power = 10.0;
    if magnitude >= 1.0 {
        while magnitude >= power && decimals > 0 {
            power *= 10.0;
            decimals -= 1;
        }
        return decimals;
    }
    // 1/10ⁿ is rounded once, so it equals the literal 0.001 where a product
    // of tenths would not.
    decimals += 1;
    while magnitude < 1.0 / power && decimals < MAX_DECIMALS {
        power *= 10.0;
        decimals += 1;
    }
    decimals
}

/// 10 to the given power, exact up to the fifteen that [`MAX_DECIMALS`] allows.
pub(super) fn power_of_ten(exponent: u8) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_significant_digits_by_default() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (7.0, "7"),
            (12.345, "12.3"),
            (123456.7, "123457"),
            (0.000123, "0.000123"),
            (0.001, "0.00100"),
            (9.996, "10"),
            (0.9996, "1"),
            (1.125, "1.13"),
            (1.5e-9, "1.50e-9"),
            (-2e18, "-2.00e+18"),
        ] {
            assert_eq!(fix(value, None), text, "{value}");
        }
    }

    #[test]
    fn decimals_are_kept_to_the_letter() {
        for (value, decimals, text) in [
            (1.0, 2, "1.00"),
            (-0.001, 2, "0.00"),
            (0.125, 2, "0.13"),
            (1e300, 1, "1.0e+300"),
            (1e-300, 3, "0.000"),
            (0.1, 255, "0.100000000000000"),
        ] {
            assert_eq!(fix(value, Some(decimals)), text, "{value} with {decimals}");
        }
    }

    #[test]
    fn groups_of_three() {
        for (value, text) in [
            (1234567.0, "1,234,567"),
            (-1000.0, "-1,000"),
            (12.5, "12.5"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(grouped(value, None), text);
        }
    }
}
