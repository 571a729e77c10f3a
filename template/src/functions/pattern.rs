//! `match` and `reReplaceAll`, with regular expressions in Go's syntax.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lethe::letheql::regex::translate_capturing;
use regex::{Regex, RegexBuilder};

use super::Outcome;
use super::query::text;
use crate::scope::{Failure, MAX_TEXT, Scope};
use crate::value::Value;

/// The size of a compiled expression, in bytes.
const MAX_SIZE: usize = 1 << 20;
/// What compiling one costs that is not a literal of the template.
const COMPILE: usize = 1 << 17;

/// The expressions that stand literally in a template, compiled once.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    compiled: BTreeMap<String, Regex>,
}

impl Patterns {
    /// Compiles an expression ahead of its use, or says what is wrong with it.
    pub(crate) fn add(&mut self, pattern: &str) -> Result<(), String> {
        if !self.compiled.contains_key(pattern) {
            self.compiled.insert(pattern.to_owned(), compile(pattern)?);
        }
        Ok(())
    }
}

fn compile(pattern: &str) -> Result<Regex, String> {
    let translated = translate_capturing(pattern.as_bytes()).map_err(|error| error.to_string())?;
    RegexBuilder::new(&translated)
        .size_limit(MAX_SIZE)
        .build()
        .map_err(|_| format!("the regular expression `{pattern}` is too large"))
}

fn pattern<'a>(scope: &Scope<'a>, pattern: &str) -> Result<Cow<'a, Regex>, Failure> {
    if let Some(regex) = scope.patterns.compiled.get(pattern) {
        return Ok(Cow::Borrowed(regex));
    }
    scope.spend(COMPILE)?;
    compile(pattern).map(Cow::Owned).map_err(Failure::Error)
}

pub(crate) fn matches<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let regex = pattern(scope, text(arguments, 0))?;
    Ok(Value::Bool(regex.is_match(text(arguments, 1))))
}

pub(crate) fn replace_all<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let regex = pattern(scope, text(arguments, 0))?;
    let (replacement, text) = (text(arguments, 1), text(arguments, 2));
    let mut replaced = String::with_capacity(text.len());
    let mut copied = 0;
    for captures in regex.captures_iter(text) {
        let Some(found) = captures.get(0) else {
            continue;
        };
        replaced.push_str(text.get(copied..found.start()).unwrap_or_default());
        captures.expand(replacement, &mut replaced);
        copied = found.end();
        if replaced.len() > scope.room() {
            let message = format!("the text grows beyond {MAX_TEXT} bytes");
            return Err(Failure::Error(message));
        }
    }
    replaced.push_str(text.get(copied..).unwrap_or_default());
    Ok(Value::owned(replaced))
}
