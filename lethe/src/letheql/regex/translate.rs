//! Drives the translation: literals, repetitions, groups.

use super::group::{self, Opening};
use super::reader::Reader;
use super::{RegexError, class, escape};

/// Go's limit of one repetition, and of nested ones multiplied.
const MAX_REPEAT: u32 = 1_000;
/// Nested groups. Go allows a thousand; the engine here compiles recursively,
/// and nobody nests more than a handful.
const MAX_DEPTH: usize = 100;
const INVALID_COUNT: &str = "invalid repeat count";

/// Rewrites an expression for the `regex` crate, or says what is wrong with it.
/// Groups capture nothing, which is cheaper.
pub fn translate(pattern: &[u8]) -> Result<String, RegexError> {
    rewrite(pattern, false)
}

/// As [`translate`], for whoever asks what groups matched.
pub fn translate_capturing(pattern: &[u8]) -> Result<String, RegexError> {
    rewrite(pattern, true)
}

fn rewrite(pattern: &[u8], captures: bool) -> Result<String, RegexError> {
    let Ok(pattern) = std::str::from_utf8(pattern) else {
        return Err(RegexError::new(
            "invalid UTF-8",
            String::from_utf8_lossy(pattern),
        ));
    };
    let mut translation = Translation {
        reader: Reader::new(pattern),
        output: String::with_capacity(pattern.len()),
        groups: Vec::new(),
        names: Vec::new(),
        captures,
        atom: None,
        heaviest: 1,
        last_repeat: None,
    };
    while let Some(c) = translation.reader.peek() {
        translation.step(c)?;
    }
    if !translation.groups.is_empty() {
        return Err(RegexError::new("missing closing )", pattern));
    }
    Ok(translation.output)
}

struct Translation<'p> {
    reader: Reader<'p>,
    output: String,
    /// Of each open group, the weight of what stood before it.
    groups: Vec<u32>,
    names: Vec<String>,
    captures: bool,
    /// What a repetition would repeat: how often it repeats its own parts.
    atom: Option<u32>,
    /// The largest weight in the group that is being read.
    heaviest: u32,
    /// Where a repetition began that ended just here.
    last_repeat: Option<usize>,
}

impl Translation<'_> {
    fn step(&mut self, c: char) -> Result<(), RegexError> {
        let start = self.reader.at();
        let last_repeat = self.last_repeat.take();
        match c {
            '(' => match group::opening(&mut self.reader, &mut self.names, self.captures)? {
                Opening::Group(text) => {
                    if self.groups.len() >= MAX_DEPTH {
                        let pattern = self.reader.pattern();
                        return Err(RegexError::new("expression nests too deeply", pattern));
                    }
                    self.output.push_str(&text);
                    self.groups.push(self.heaviest);
                    self.heaviest = 1;
                    self.atom = None;
                }
                Opening::Flags(text) => {
                    self.output.push_str(&text);
                    self.atom = None;
                }
            },
            ')' => {
                let Some(before) = self.groups.pop() else {
                    return Err(RegexError::new("unexpected )", self.reader.pattern()));
                };
                self.reader.next();
                self.output.push(')');
                self.atom = Some(self.heaviest);
                self.heaviest = before.max(self.heaviest);
            }
            '|' => {
                self.reader.next();
                self.output.push('|');
                self.atom = None;
            }
            '*' | '+' | '?' => {
                self.reader.next();
                self.repeat(start, last_repeat, 1)?;
            }
            '{' => match counts(self.reader.rest()) {
                Some((len, min, max)) => {
                    for _ in 0..len {
                        self.reader.next();
                    }
                    if min > MAX_REPEAT || max.is_some_and(|it| it > MAX_REPEAT || it < min) {
                        return Err(RegexError::new(INVALID_COUNT, self.reader.since(start)));
                    }
                    self.repeat(start, last_repeat, max.unwrap_or(min))?;
                }
                None => self.literal('{'),
            },
            '[' => {
                let class = class::translate(&mut self.reader)?;
                self.push_atom(&class);
            }
            '.' | '^' | '$' => {
                self.reader.next();
                self.push_atom(c.encode_utf8(&mut [0; 4]));
            }
            '\\' => self.escaped()?,
            c => self.literal(c),
        }
        Ok(())
    }

    fn push_atom(&mut self, text: &str) {
        self.output.push_str(text);
        self.atom = Some(1);
    }

    /// A character that stands for itself and comes next.
    fn literal(&mut self, c: char) {
        self.reader.next();
        self.push_literal(c);
    }

    fn push_literal(&mut self, c: char) {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            self.output.push('\\');
        }
        self.output.push(c);
        self.atom = Some(1);
    }

    fn escaped(&mut self) -> Result<(), RegexError> {
        if let Some(members) = escape::class(&mut self.reader)? {
            self.push_atom(&format!("[{members}]"));
        } else if self.reader.take(r"\A") {
            self.push_atom(r"\A");
        } else if self.reader.take(r"\z") {
            self.push_atom(r"\z");
        } else if self.reader.take(r"\b") {
            self.push_atom(r"(?-u:\b)");
        } else if self.reader.take(r"\B") {
            self.push_atom(r"(?-u:\B)");
        } else if self.reader.take(r"\Q") {
            while !self.reader.rest().is_empty() && !self.reader.take(r"\E") {
                if let Some(c) = self.reader.peek() {
                    self.literal(c);
                }
            }
        } else {
            let c = escape::character(&mut self.reader)?;
            self.push_literal(c);
        }
        Ok(())
    }

    /// Ends a repetition whose operator has just been read; `count` is how
    /// often at most, or at least where there is no most.
    fn repeat(
        &mut self,
        start: usize,
        last_repeat: Option<usize>,
        count: u32,
    ) -> Result<(), RegexError> {
        let operator = self.reader.since(start);
        let is_counted = operator.starts_with('{');
        self.reader.take("?");
        if let Some(first) = last_repeat {
            let fragment = self.reader.since(first);
            return Err(RegexError::new(
                "invalid nested repetition operator",
                fragment,
            ));
        }
        let Some(inner) = self.atom else {
            let reason = "missing argument to repetition operator";
            return Err(RegexError::new(reason, self.reader.since(start)));
        };
        let weight = inner.saturating_mul(count.max(1));
        if is_counted && count >= 2 && weight > MAX_REPEAT {
            return Err(RegexError::new(INVALID_COUNT, operator));
        }
        self.output.push_str(self.reader.since(start));
        self.atom = Some(weight);
        self.heaviest = self.heaviest.max(weight);
        self.last_repeat = Some(start);
        Ok(())
    }
}

/// Length and numbers of `{n}`, `{n,}` or `{n,m}`; anything else with a brace
/// is plain text to Go.
fn counts(text: &str) -> Option<(usize, u32, Option<u32>)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        let is_plain = is_number && (digits.len() == 1 || !digits.starts_with('0'));
        is_plain.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (min, max) = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    Some((inside.len() + 2, min, max))
}
