//! Printing as Go's `fmt` does it: `printf` with its verbs, flags and notes of
//! errors, and `print` and `println` without a format.

mod number;
mod operand;

pub(crate) use operand::is_printable;

use crate::scope::MAX_TEXT;
use crate::value::Value;

/// Go's limit of widths and precisions.
const MAX_NUMBER: usize = 1_000_000;

/// A text that would become too long.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text grows beyond {MAX_TEXT} bytes")]
pub(crate) struct TooLong;

/// What stands between `%` and the verb.
#[derive(Clone, Debug, Default)]
struct Directive {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%+v`: with the names of fields.
    names: bool,
    /// `%#v`: as Go source.
    source: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// A text that is being printed, up to a length.
struct Printer {
    text: String,
    limit: usize,
    is_too_long: bool,
}

impl Printer {
    fn new(text: String, limit: usize) -> Printer {
        Printer {
            text,
            limit,
            is_too_long: false,
        }
    }

    fn push(&mut self, text: &str) {
        if self.has_room_for(text.len()) {
            self.text.push_str(text);
        }
    }

    fn fill(&mut self, c: char, count: usize) {
        if self.has_room_for(count) {
            self.text.extend(std::iter::repeat_n(c, count));
        }
    }

    fn has_room_for(&mut self, length: usize) -> bool {
        self.is_too_long |= self.text.len().saturating_add(length) > self.limit;
        !self.is_too_long
    }

    /// Writes a text with blanks, or zeros, up to the width.
    fn pad(&mut self, directive: &Directive, text: &str) {
        let width = directive.width.unwrap_or(0);
        let missing = match width {
            0 => 0,
            width => width.saturating_sub(text.chars().count()),
        };
        if directive.minus {
            self.push(text);
            self.fill(' ', missing);
        } else {
            self.fill(if directive.zero { '0' } else { ' ' }, missing);
            self.push(text);
        }
    }

    fn finish(self) -> Result<String, TooLong> {
        if self.is_too_long {
            Err(TooLong)
        } else {
            Ok(self.text)
        }
    }
}

/// Writes a value as an action prints it, behind a text. Without a value
/// there is `<no value>`.
pub(crate) fn show(text: String, value: &Value<'_>, limit: usize) -> Result<String, TooLong> {
    let mut printer = Printer::new(text, limit);
    match value {
        Value::Text(text) => printer.push(text),
        Value::Nil => printer.push("<no value>"),
        value => printer.operand(&Directive::default(), 'v', value, 1),
    }
    printer.finish()
}

/// Go's `Sprint`: blanks only between operands that are both no texts.
pub(crate) fn print(operands: &[Value<'_>], limit: usize) -> Result<String, TooLong> {
    joined(operands, limit, 0)
}

/// The operands of an escaping function, each as an action would print it.
pub(crate) fn print_shown(operands: &[Value<'_>], limit: usize) -> Result<String, TooLong> {
    let missing = |value: &Value<'_>| matches!(value, Value::Nil);
    if !operands.iter().any(missing) {
        return joined(operands, limit, 1);
    }
    let shown: Vec<_> = operands
        .iter()
        .map(|value| match value {
            Value::Nil => Value::text("<no value>"),
            value => value.clone(),
        })
        .collect();
    joined(&shown, limit, 1)
}

fn joined(operands: &[Value<'_>], limit: usize, depth: usize) -> Result<String, TooLong> {
    let mut printer = Printer::new(String::new(), limit);
    let mut text_before = true;
    for operand in operands {
        let is_text = matches!(operand, Value::Text(_));
        if !is_text && !text_before {
            printer.push(" ");
        }
        printer.operand(&Directive::default(), 'v', operand, depth);
        text_before = is_text;
    }
    printer.finish()
}

/// Go's `Sprintln`: a blank between all operands, and a line break.
pub(crate) fn println(operands: &[Value<'_>], limit: usize) -> Result<String, TooLong> {
    let mut printer = Printer::new(String::new(), limit);
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            printer.push(" ");
        }
        printer.operand(&Directive::default(), 'v', operand, 0);
    }
    printer.push("\n");
    printer.finish()
}

/// Go's `Sprintf`.
pub(crate) fn printf(
    format: &str,
    operands: &[Value<'_>],
    limit: usize,
) -> Result<String, TooLong> {
    let mut run = Format {
        printer: Printer::new(String::with_capacity(format.len() + 16), limit),
        rest: format,
        operands,
        next: 0,
        is_reordered: false,
    };
    while let Some(at) = run.rest.find('%') {
        let (text, directive) = run.rest.split_at(at);
        run.printer.push(text);
        run.rest = directive.get(1..).unwrap_or_default();
        run.directive();
        if run.printer.is_too_long {
            return Err(TooLong);
        }
    }
    run.printer.push(run.rest);
    run.extra();
    run.printer.finish()
}

/// A format that is being worked off.
struct Format<'f, 'v> {
    printer: Printer,
    rest: &'f str,
    operands: &'f [Value<'v>],
    next: usize,
    /// Whether an operand was named by its number.
    is_reordered: bool,
}

impl Format<'_, '_> {
    fn directive(&mut self) {
        let mut directive = Directive::default();
        while let Some(c) = self.rest.chars().next() {
            match c {
                '#' => directive.sharp = true,
                '+' => directive.plus = true,
                '-' => directive.minus = true,
                ' ' => directive.space = true,
                '0' => directive.zero = true,
                _ => break,
            }
            self.take(1);
        }
        // Zeros never stand behind.
        directive.zero &= !directive.minus;
        let mut is_good = true;
        let mut behind_index = self.index(&mut is_good);
        if self.rest.starts_with('*') {
            self.take(1);
            match self.number_operand() {
                Some(width) => {
                    directive.width = Some(width.unsigned_abs());
                    directive.minus |= width < 0;
                    directive.zero &= width >= 0;
                }
                None => self.printer.push("%!(BADWIDTH)"),
            }
            behind_index = false;
        } else {
            directive.width = self.digits();
            is_good &= !(behind_index && directive.width.is_some());
        }
        if self.rest.starts_with('.') && self.rest.len() > 1 {
            self.take(1);
            is_good &= !behind_index;
            behind_index = self.index(&mut is_good);
            if self.rest.starts_with('*') {
                self.take(1);
                directive.precision = self
                    .number_operand()
                    .and_then(|precision| usize::try_from(precision).ok());
                if directive.precision.is_none() {
                    self.printer.push("%!(BADPREC)");
                }
                behind_index = false;
            } else {
                directive.precision = Some(self.digits().unwrap_or(0));
            }
        }
        if !behind_index {
            self.index(&mut is_good);
        }
        let Some(verb) = self.rest.chars().next() else {
            self.printer.push("%!(NOVERB)");
            return;
        };
        self.take(verb.len_utf8());
        match self.operands.get(self.next) {
            _ if verb == '%' => self.printer.push("%"),
            _ if !is_good => self.note(verb, "BADINDEX"),
            None => self.note(verb, "MISSING"),
            Some(operand) => {
                if verb == 'v' {
                    directive.source = std::mem::take(&mut directive.sharp);
                    directive.names = std::mem::take(&mut directive.plus);
                }
                self.printer.operand(&directive, verb, operand, 0);
                self.next += 1;
            }
        }
    }

    fn note(&mut self, verb: char, note: &str) {
        self.printer.push(&format!("%!{verb}({note})"));
    }

    fn take(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// Digits as a number; too large a one takes the rest of the format.
    fn digits(&mut self) -> Option<usize> {
        let behind = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = self.rest.get(..self.rest.len() - behind.len())?;
        if digits.is_empty() {
            return None;
        }
        match digits.parse().ok().filter(|number| *number <= MAX_NUMBER) {
            Some(number) => {
                self.rest = behind;
                Some(number)
            }
            None => {
                self.rest = "";
                None
            }
        }
    }

    /// `[3]`, which chooses the third operand; whether there was one.
    fn index(&mut self, is_good: &mut bool) -> bool {
        let Some(inside) = self.rest.strip_prefix('[') else {
            return false;
        };
        self.is_reordered = true;
        let Some((number, behind)) = inside.split_once(']') else {
            *is_good = false;
            self.take(1);
            return false;
        };
        self.rest = behind;
        let index = number.parse::<usize>().ok();
        match index.and_then(|index| index.checked_sub(1)) {
            Some(index) if index < self.operands.len() => {
                self.next = index;
                true
            }
            _ => {
                *is_good = false;
                index.is_some()
            }
        }
    }

    /// The next operand, for `*`; `None` if it is no number that could do.
    fn number_operand(&mut self) -> Option<isize> {
        let operand = self.operands.get(self.next)?;
        self.next += 1;
        let number = match operand {
            Value::Int(number) => isize::try_from(*number).ok()?,
            Value::Byte(number) => isize::from(*number),
            _ => return None,
        };
        (number.unsigned_abs() <= MAX_NUMBER).then_some(number)
    }

    /// Operands that no verb has taken.
    fn extra(&mut self) {
        let rest = self.operands.get(self.next..).unwrap_or_default();
        if self.is_reordered || rest.is_empty() {
            return;
        }
        self.printer.push("%!(EXTRA ");
        for (index, operand) in rest.iter().enumerate() {
            if index > 0 {
                self.printer.push(", ");
            }
            self.printer.typed(operand);
        }
        self.printer.push(")");
    }
}
