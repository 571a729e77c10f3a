//! Integers and floats under the verbs that take them.

use super::operand::{is_printable, quoted_number};
use super::{Directive, Printer};
use crate::float::{self, Layout};
use crate::value::Value;

impl Printer {
    pub(super) fn integer(&mut self, d: &Directive, verb: char, number: i64, value: &Value<'_>) {
        let magnitude = number.unsigned_abs();
        let digits = match verb {
            'v' if d.source && matches!(value, Value::Byte(_)) => format!("{magnitude:#x}"),
            'v' | 'd' => magnitude.to_string(),
            'b' => format!("{magnitude:b}"),
            'o' | 'O' => format!("{magnitude:o}"),
            'x' => format!("{magnitude:x}"),
            'X' => format!("{magnitude:X}"),
            'c' => {
                let c = u32::try_from(number).ok().and_then(char::from_u32);
                return self.pad(d, &c.unwrap_or(char::REPLACEMENT_CHARACTER).to_string());
            }
            'q' => return self.pad(d, &quoted_number(d, number)),
            'U' => return self.code_point(d, number),
            _ => return self.bad_verb(verb, value),
        };
        let sign = match (number < 0, d.plus, d.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        let mut unpadded = d.clone();
        // A precision and zeros are two ways to ask for digits; the first wins.
        unpadded.zero = false;
        let least = match (d.precision, d.width) {
            (Some(0), _) if number == 0 => return self.pad(&unpadded, ""),
            (Some(precision), _) => precision,
            (None, Some(width)) if d.zero => width.saturating_sub(sign.len()),
            _ => 0,
        };
        if !self.has_room_for(least) {
            return;
        }
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        let prefix = match verb {
            'b' if d.sharp => "0b",
            'o' if d.sharp && zeros.is_empty() && magnitude != 0 => "0",
            'O' if d.sharp && zeros.is_empty() && magnitude != 0 => "0o0",
            'O' => "0o",
            'x' if d.sharp => "0x",
            'X' if d.sharp => "0X",
            _ => "",
        };
        self.pad(&unpadded, &format!("{sign}{prefix}{zeros}{digits}"));
    }

    /// `U+0041`, with the character itself behind it for `%#U`.
    fn code_point(&mut self, d: &Directive, number: i64) {
        let least = d.precision.unwrap_or(4).max(4);
        if !self.has_room_for(least) {
            return;
        }
        let digits = format!("{number:X}");
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        let c = u32::try_from(number).ok().and_then(char::from_u32);
        let mut text = format!("U+{zeros}{digits}");
        if let Some(c) = c.filter(|c| d.sharp && is_printable(*c)) {
            text.push_str(&format!(" '{c}'"));
        }
        let mut unpadded = d.clone();
        unpadded.zero = false;
        self.pad(&unpadded, &text);
    }

    pub(super) fn float(&mut self, d: &Directive, verb: char, number: f64, value: &Value<'_>) {
        let (layout, default) = match verb {
            'v' | 'g' | 'G' => (Layout::Shorter, None),
            'f' | 'F' => (Layout::Point, Some(6)),
            'e' | 'E' => (Layout::Exponent, Some(6)),
            'x' | 'X' => (Layout::Hexadecimal, None),
            'b' => (Layout::Binary, None),
            _ => return self.bad_verb(verb, value),
        };
        let precision = d.precision.or(default);
        if !self.has_room_for(precision.unwrap_or(0)) {
            return;
        }
        let mut text = float::format(number, layout, precision);
        if d.sharp && verb != 'b' && number.is_finite() {
            text = with_point(&text, layout, precision);
        }
        if verb.is_ascii_uppercase() && number.is_finite() {
            text = text.to_uppercase();
        }
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) if text.starts_with('-') => ("-", digits),
            Some(digits) => ("+", digits),
            None => ("", text.as_str()),
        };
        let sign = match sign {
            "-" => "-",
            _ if d.plus => "+",
            _ if d.space => " ",
            // Infinity keeps its sign, as in Go.
            sign => sign,
        };
        let mut padding = d.clone();
        padding.zero &= number.is_finite();
        if padding.zero && !sign.is_empty() {
            self.push(sign);
            padding.width = d.width.map(|width| width.saturating_sub(1));
            self.pad(&padding, digits);
        } else {
            self.pad(&padding, &format!("{sign}{digits}"));
        }
    }
}

/// The flag `#`: always with a point, and with the zeros at the end that `g`
/// and `x` leave out.
fn with_point(text: &str, layout: Layout, precision: Option<usize>) -> String {
    let (mark, pads) = match layout {
        Layout::Hexadecimal => ('p', true),
        Layout::Shorter => ('e', true),
        _ => ('e', false),
    };
    let (mantissa, tail) = text.split_at(text.find(mark).unwrap_or(text.len()));
    // Go counts from the first character that is no zero, the `x` included.
    let significant = mantissa.trim_start_matches(['-', '0', '.']);
    let significant = match significant.chars().filter(|c| *c != '.').count() {
        0 if !mantissa.contains('.') => 1,
        count => count,
    };
    let mut mantissa = mantissa.to_owned();
    if !mantissa.contains('.') {
        mantissa.push('.');
    }
    if pads {
        let wanted = precision.unwrap_or(6);
        mantissa.extend(std::iter::repeat_n('0', wanted.saturating_sub(significant)));
    }
    mantissa + tail
}
