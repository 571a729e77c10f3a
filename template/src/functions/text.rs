//! Functions from text to text: printing, case, escaping, parts of addresses.

use std::fmt::Write;
use std::net::IpAddr;

use super::Outcome;
use super::query::text;
use crate::printf;
use crate::scope::{Failure, Scope};
use crate::value::Value;

pub(crate) fn print<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    made(printf::print(arguments, scope.room()))
}

pub(crate) fn println<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    made(printf::println(arguments, scope.room()))
}

pub(crate) fn printf<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let operands = arguments.get(1..).unwrap_or_default();
    made(printf::printf(text(arguments, 0), operands, scope.room()))
}

fn made<'a>(text: Result<String, printf::TooLong>) -> Outcome<'a> {
    match text {
        Ok(text) => Ok(Value::owned(text)),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

/// The operands of an escaping function as one text.
fn joined(scope: &Scope<'_>, arguments: &[Value<'_>]) -> Result<String, Failure> {
    if let [Value::Text(text)] = arguments {
        return Ok(text.to_string());
    }
    printf::print_shown(arguments, scope.room()).map_err(|error| Failure::new(error.to_string()))
}

pub(crate) fn html<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = joined(scope, arguments)?;
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => escaped.push(char::REPLACEMENT_CHARACTER),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    Ok(Value::owned(escaped))
}

pub(crate) fn js<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = joined(scope, arguments)?;
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '\'' | '"' => escaped.extend(['\\', c]),
            '<' | '>' | '&' | '=' | '\0'..' ' => {
                // Writing into a string cannot fail.
                let _ = write!(escaped, "\\u{:04X}", u32::from(c));
            }
            c if !c.is_ascii() && !printf::is_printable(c) => {
                let _ = write!(escaped, "\\u{:04X}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    Ok(Value::owned(escaped))
}

pub(crate) fn urlquery<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::owned(query_escaped(&joined(scope, arguments)?)))
}

/// As a value in the query of a URL.
pub(super) fn query_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            b' ' => escaped.push('+'),
            byte => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

/// Text is not escaped here anyway; receivers escape what they insert.
pub(crate) fn safe_html<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(arguments.first().cloned().unwrap_or(Value::Nil))
}

/// The first letter of each word in upper case.
pub(crate) fn title<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut before = ' ';
    let titled = text(arguments, 0).chars().map(|c| {
        let starts_word = is_separator(before);
        before = c;
        if starts_word { upper(c) } else { c }
    });
    Ok(Value::owned(titled.collect()))
}

fn is_separator(c: char) -> bool {
    match c {
        '_' => false,
        c if c.is_ascii() => !c.is_ascii_alphanumeric(),
        c => c.is_whitespace(),
    }
}

pub(crate) fn to_upper<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let upper = text(arguments, 0).chars().map(upper);
    Ok(Value::owned(upper.collect()))
}

pub(crate) fn to_lower<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    // One character for one, as in Go: of `İ`, the letter without its dot.
    let lower = text(arguments, 0).chars();
    let lower = lower.map(|c| c.to_lowercase().next().unwrap_or(c));
    Ok(Value::owned(lower.collect()))
}

/// One character for one, as in Go: `ß`, whose upper case is two, stays.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

pub(crate) fn strip_port<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let address = text(arguments, 0);
    let host = split_host_port(address).map_or(address, |(host, _)| host);
    Ok(Value::owned(host.to_owned()))
}

pub(crate) fn strip_domain<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let address = text(arguments, 0);
    let (host, port) = split_host_port(address).unwrap_or((address, ""));
    if host.parse::<IpAddr>().is_ok() {
        return Ok(Value::owned(address.to_owned()));
    }
    let name = host.split('.').next().unwrap_or_default();
    Ok(Value::owned(match port {
        "" => name.to_owned(),
        port if name.contains(':') => format!("[{name}]:{port}"),
        port => format!("{name}:{port}"),
    }))
}

/// `host:port` or `[host]:port`; `None` for what is neither, as Go decides.
fn split_host_port(address: &str) -> Option<(&str, &str)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    (!host.contains(['[', ']']) && !port.contains(['[', ']'])).then_some((host, port))
}
