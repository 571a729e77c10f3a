//! YAML text to a typed value, or a fault that says where and what was expected.

use serde::de::DeserializeOwned;
use serde_saphyr::options::NonFiniteFloatPolicy;
use serde_saphyr::{Error, Location, Options, Spanned, UserMessageFormatter};
use venti_model::status::{ConfigFault, Severity};

use crate::excerpt::excerpt;
use crate::node::{Node, Raw};

/// A file's name and text: where faults point to.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Path relative to the configuration directory.
    pub file: &'a str,
    /// What the file holds.
    pub text: &'a str,
}

impl Source<'_> {
    /// Reads the one document of the file. Unknown keys are faults when the type denies them.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ConfigFault> {
        parse(self.text).map_err(|error| self.explain(&error))
    }

    /// Reads the first document, as the original did, with a warning for the ignored second one.
    pub fn read_first<T: DeserializeOwned>(self) -> Result<(T, Option<ConfigFault>), ConfigFault> {
        let error = match parse(self.text) {
            Ok(value) => return Ok((value, None)),
            Err(error) => error,
        };
        if !matches!(error.without_snippet(), Error::MultipleDocuments { .. }) {
            return Err(self.explain(&error));
        }
        let second = self.second_document(&error);
        // A piece of the text and no copy, so that offsets into it are offsets into the file.
        let lines = self.text.split_inclusive('\n').take(second - 1);
        let first = self
            .text
            .get(..lines.map(str::len).sum())
            .unwrap_or_default();
        let value = parse(first).map_err(|error| self.explain(&error))?;
        let message = "a second document begins here and is ignored: give it its own file";
        Ok((value, Some(self.warning(Some((second, 1)), message))))
    }

    /// Reads the first document as a tree, with a warning for an ignored second one. An empty
    /// file is an empty tree.
    pub fn read_tree(self) -> Result<(Node, Option<ConfigFault>), ConfigFault> {
        let (raw, ignored) = self.read_first::<Option<Spanned<Raw>>>()?;
        let node = match raw {
            Some(raw) => Node::new(raw, self.text),
            None => Node {
                value: crate::Value::Null,
                at: None,
            },
        };
        Ok((node, ignored))
    }

    /// The line, from 1, whose `---` begins the document that the error is about.
    fn second_document(self, error: &Error) -> usize {
        let (content, _) = error.location().and_then(place).unwrap_or((1, 1));
        let before = self.text.lines().take(content).collect::<Vec<_>>();
        let marker = before.iter().rposition(|it| it.starts_with("---"));
        marker.map_or(content, |it| it + 1)
    }

    /// A fault in this file, at a line and column from 1 where they are known.
    pub fn fault(self, at: Option<(usize, usize)>, message: impl Into<String>) -> ConfigFault {
        ConfigFault {
            file: self.file.to_owned(),
            line: at.map(|(line, _)| line),
            column: at.map(|(_, column)| column),
            severity: Severity::Error,
            message: message.into(),
            excerpt: at.and_then(|(line, column)| excerpt(self.text, line, column)),
        }
    }

    /// The same for what works and deserves a look.
    pub fn warning(self, at: Option<(usize, usize)>, message: impl Into<String>) -> ConfigFault {
        ConfigFault {
            severity: Severity::Warning,
            ..self.fault(at, message)
        }
    }

    fn explain(self, error: &Error) -> ConfigFault {
        self.fault(error.location().and_then(place), message(error))
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let mut options = Options::default();
    // The excerpt is ours: it hides secrets.
    options.with_snippet = false;
    options.non_finite_float_policy = NonFiniteFloatPolicy::PassThrough;
    serde_saphyr::from_str_with_options(text, options)
}

/// Line and column from 1.
pub fn place(location: Location) -> Option<(usize, usize)> {
    if location == Location::UNKNOWN {
        return None;
    }
    let line = usize::try_from(location.line()).ok()?;
    let column = usize::try_from(location.column()).ok()?;
    Some((line.max(1), column.max(1)))
}

/// What was found and what was expected, in the words of whoever writes such files.
fn message(error: &Error) -> String {
    match error.without_snippet() {
        Error::SerdeUnknownField {
            field, expected, ..
        } => unknown("key", field, expected),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => unknown("value", variant, expected),
        Error::SerdeMissingField { field, .. } => format!("missing key `{field}`"),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("duplicate key `{key}`"),
        Error::DuplicateMappingKey { key: None, .. } => "duplicate key".to_owned(),
        Error::Eof { .. } => "the file is empty".to_owned(),
        Error::NullIntoString { .. } => {
            "a text is missing here: write `''` for an empty one".to_owned()
        }
        Error::Unexpected { expected, .. } => format!("expected {}", plain(expected)),
        Error::InvalidScalar { ty, .. } => format!("expected {}", plain(ty)),
        other => {
            let text = other.render_with_formatter(&UserMessageFormatter);
            // The position stands in the fault itself.
            let text = text.split(" at line ").next().unwrap_or_default();
            text.trim_end_matches('.').to_owned()
        }
    }
}

/// What YAML calls its parts, in words of those who only write it.
fn plain(expected: &str) -> &str {
    match expected {
        "sequence start" => "a list",
        "mapping start" => "keys with values",
        "string scalar" | "scalar" => "a text",
        "floating point" => "a number",
        "boolean" => "`true` or `false`",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        other => other,
    }
}

/// Says that a word is not known and which are: `unknown key `rowz`, did you mean `rows`? Known
/// here: `title`, `rows``.
pub fn unknown(what: &str, found: &str, known: &[&str]) -> String {
    let list: Vec<String> = known.iter().map(|it| format!("`{it}`")).collect();
    let list = list.join(", ");
    match nearest(found, known) {
        Some(near) => {
            format!("unknown {what} `{found}`, did you mean `{near}`? Known here: {list}")
        }
        None => format!("unknown {what} `{found}`, expected one of {list}"),
    }
}

/// The known word that was probably meant.
fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|it| {
            (
                strsim::jaro_winkler(&found.to_lowercase(), &it.to_lowercase()),
                *it,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, it)| it)
}

#[cfg(test)]
mod tests;
