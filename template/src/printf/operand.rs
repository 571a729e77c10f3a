//! One operand under one verb.

use std::fmt::Write;

use lethe::letheql::quote::{quoted, quoted_char};

use super::{Directive, Printer};
use crate::functions::time::{duration_text, time_text};
use crate::value::Value;

/// Whether Go would print the character as it is.
pub(crate) fn is_printable(c: char) -> bool {
    !matches!(c.escape_debug().next(), Some('\\')) || matches!(c, '\'' | '"' | '\\')
}

impl Printer {
    /// Writes an operand; `depth` is above zero within another one, and where
    /// what a pointer points to is wanted.
    pub(super) fn operand(&mut self, d: &Directive, verb: char, value: &Value<'_>, depth: usize) {
        if verb == 'T' {
            return self.string(d, 's', value.kind().name());
        }
        match value {
            Value::Nil if verb == 'v' => self.pad(d, "<nil>"),
            Value::Nil => self.push(&format!("%!{verb}(<nil>)")),
            Value::Bool(value) if matches!(verb, 't' | 'v') => {
                self.pad(d, if *value { "true" } else { "false" });
            }
            Value::Int(number) => self.integer(d, verb, *number, value),
            Value::Byte(number) => self.integer(d, verb, i64::from(*number), value),
            Value::Float(number) => self.float(d, verb, *number, value),
            Value::Text(text) => self.string_or_note(d, verb, text, value),
            Value::Time(time) => self.string_or_note(d, verb, &time_text(time), value),
            Value::Duration(length) if matches!(verb, 'd' | 'b' | 'o' | 'c' | 'U') => {
                self.integer(d, verb, *length, value);
            }
            Value::Duration(length) => {
                self.string_or_note(d, verb, &duration_text(*length), value);
            }
            Value::Line(line) => self.string_or_note(d, verb, &line.log, value),
            Value::Labels(labels) => {
                let values = labels
                    .iter()
                    .map(|(name, value)| (name, Value::text(value)));
                self.map(d, verb, value, values);
            }
            Value::Map(map) => {
                let values = map
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.clone()));
                self.map(d, verb, value, values);
            }
            Value::Sample(sample) => {
                let fields = [
                    ("Labels", Value::Labels(&sample.labels)),
                    ("Value", Value::Float(sample.value)),
                ];
                self.push(if depth == 0 { "&" } else { "" });
                self.fields(d, verb, "template.sample", &fields);
            }
            Value::Data(data) => {
                // What is ours alone stays out of what Prometheus prints.
                let fields = [
                    ("Labels", Value::Labels(data.labels)),
                    ("ExternalLabels", Value::Labels(data.external_labels)),
                    ("ExternalURL", Value::text(data.external_url)),
                    ("Value", data.value()),
                ];
                self.fields(d, verb, value.kind().name(), &fields);
            }
            Value::Samples(samples) => {
                let samples = samples.iter().map(|sample| Value::Sample(sample));
                self.list(d, verb, value, samples);
            }
            Value::Lines(lines) => self.list(d, verb, value, lines.iter().map(Value::Line)),
            Value::Bool(_) => self.bad_verb(verb, value),
        }
    }

    /// `%!d(string=x)`: the verb does not fit.
    pub(super) fn bad_verb(&mut self, verb: char, value: &Value<'_>) {
        self.push(&format!("%!{verb}("));
        self.typed(value);
        self.push(")");
    }

    /// `string=x`
    pub(super) fn typed(&mut self, value: &Value<'_>) {
        if !matches!(value, Value::Nil) {
            self.push(value.kind().name());
            self.push("=");
        }
        self.operand(&Directive::default(), 'v', value, 0);
    }

    fn string_or_note(&mut self, d: &Directive, verb: char, text: &str, value: &Value<'_>) {
        if matches!(verb, 'v' | 's' | 'q' | 'x' | 'X') {
            self.string(d, verb, text);
        } else {
            self.bad_verb(verb, value);
        }
    }

    fn string(&mut self, d: &Directive, verb: char, text: &str) {
        if !self.has_room_for(text.len()) {
            return;
        }
        if let 'x' | 'X' = verb {
            return self.bytes(d, verb == 'X', text.as_bytes());
        }
        let kept = match d.precision {
            Some(count) => text
                .char_indices()
                .nth(count)
                .map_or(text.len(), |(at, _)| at),
            None => text.len(),
        };
        let text = text.get(..kept).unwrap_or_default();
        match verb {
            'q' => self.pad(d, &quoted_text(d, text)),
            'v' if d.source => self.pad(d, &quoted_text(d, text)),
            _ => self.pad(d, text),
        }
    }

    /// A text as the hexadecimal digits of its bytes.
    fn bytes(&mut self, d: &Directive, in_upper_case: bool, bytes: &[u8]) {
        let prefix = match (d.sharp, in_upper_case) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let length = d.precision.unwrap_or(bytes.len()).min(bytes.len());
        let mut text = String::new();
        for (index, byte) in bytes.iter().take(length).enumerate() {
            if index == 0 {
                text.push_str(prefix);
            } else if d.space {
                text.push(' ');
                text.push_str(prefix);
            }
            // Writing into a string cannot fail.
            let _ = if in_upper_case {
                write!(text, "{byte:02X}")
            } else {
                write!(text, "{byte:02x}")
            };
        }
        self.pad(d, &text);
    }

    fn map<'v, 'n>(
        &mut self,
        d: &Directive,
        verb: char,
        map: &Value<'_>,
        values: impl Iterator<Item = (&'n str, Value<'v>)>,
    ) {
        let (open, between, close) = self.brackets(d, map, ("map[", "]"));
        self.push(&open);
        for (index, (name, value)) in values.enumerate() {
            self.push(if index > 0 { between } else { "" });
            self.string_or_note(d, verb, name, &Value::text(name));
            self.push(":");
            self.operand(d, verb, &value, 1);
            if self.is_too_long {
                return;
            }
        }
        self.push(close);
    }

    fn list<'v>(
        &mut self,
        d: &Directive,
        verb: char,
        list: &Value<'_>,
        values: impl Iterator<Item = Value<'v>>,
    ) {
        let (open, between, close) = self.brackets(d, list, ("[", "]"));
        self.push(&open);
        for (index, value) in values.enumerate() {
            self.push(if index > 0 { between } else { "" });
            self.operand(d, verb, &value, 1);
            if self.is_too_long {
                return;
            }
        }
        self.push(close);
    }

    fn fields(&mut self, d: &Directive, verb: char, name: &str, fields: &[(&str, Value<'_>)]) {
        self.push(if d.source { name } else { "" });
        self.push("{");
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                self.push(if d.source { ", " } else { " " });
            }
            if d.names || d.source {
                self.push(name);
                self.push(":");
            }
            self.operand(d, verb, value, 1);
        }
        self.push("}");
    }

    /// What stands before, between and behind elements.
    fn brackets(
        &self,
        d: &Directive,
        value: &Value<'_>,
        plain: (&'static str, &'static str),
    ) -> (String, &'static str, &'static str) {
        if d.source {
            (format!("{}{{", value.kind().name()), ", ", "}")
        } else {
            (plain.0.to_owned(), " ", plain.1)
        }
    }
}

fn quoted_text(d: &Directive, text: &str) -> String {
    let can_be_raw = |c: char| c != '`' && (c == '\t' || is_printable(c)) && c != '\u{feff}';
    if d.sharp && text.chars().all(can_be_raw) {
        return format!("`{text}`");
    }
    in_ascii(d, quoted(text))
}

/// Go's `%q` of an integer: the character of this number.
pub(super) fn quoted_number(d: &Directive, number: i64) -> String {
    let c = u32::try_from(number).ok().and_then(char::from_u32);
    in_ascii(d, quoted_char(c.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

/// With the flag `+`, what is not ASCII is escaped.
fn in_ascii(d: &Directive, text: String) -> String {
    if !d.plus || text.is_ascii() {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        let code = u32::from(c);
        // Writing into a string cannot fail.
        let _ = match code {
            0..0x80 => write!(escaped, "{c}"),
            0x80..0x1_0000 => write!(escaped, "\\u{code:04x}"),
            _ => write!(escaped, "\\U{code:08x}"),
        };
    }
    escaped
}
