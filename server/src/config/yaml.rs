//! YAML text to a typed value, or a fault that says where and what was expected.

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Location, Options, UserMessageFormatter};
use venti_model::status::ConfigFault;

use super::excerpt::excerpt;

/// A file's name and text: where faults point to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// Path relative to the configuration directory.
    pub(crate) file: &'a str,
    /// What the file holds.
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// Reads the one document of the file. Unknown keys are faults when the type denies them.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, ConfigFault> {
        parse(self.text).map_err(|error| self.explain(&error))
    }

    /// Reads the first document, as the original did, with a fault for the ignored second one.
    pub(crate) fn read_first<T: DeserializeOwned>(
        self,
    ) -> Result<(T, Option<ConfigFault>), ConfigFault> {
        let error = match parse(self.text) {
            Ok(value) => return Ok((value, None)),
            Err(error) => error,
        };
        let (Error::MultipleDocuments { .. }, Some(location)) =
            (error.without_snippet(), error.location())
        else {
            return Err(self.explain(&error));
        };
        let ignored = self.fault(
            location,
            "a second document begins here and is ignored: give it its own file",
        );
        let first = self.text.lines().take(line_of(location).saturating_sub(1));
        let text = first.collect::<Vec<_>>().join("\n");
        let value = parse(&text).map_err(|error| self.explain(&error))?;
        Ok((value, Some(ignored)))
    }

    /// A fault at a place in this file.
    pub(crate) fn fault(self, at: Location, message: impl Into<String>) -> ConfigFault {
        let known = at != Location::UNKNOWN;
        let (line, column) = (line_of(at), column_of(at));
        ConfigFault {
            file: self.file.to_owned(),
            line: known.then_some(line),
            column: known.then_some(column),
            message: message.into(),
            excerpt: known.then(|| excerpt(self.text, line, column)).flatten(),
        }
    }

    fn explain(self, error: &Error) -> ConfigFault {
        let location = error.location().unwrap_or(Location::UNKNOWN);
        self.fault(location, message(error))
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let mut options = Options::default();
    // The excerpt is ours: it hides secrets.
    options.with_snippet = false;
    serde_saphyr::from_str_with_options(text, options)
}

fn line_of(location: Location) -> usize {
    usize::try_from(location.line()).unwrap_or(usize::MAX)
}

fn column_of(location: Location) -> usize {
    usize::try_from(location.column()).unwrap_or(usize::MAX)
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
        other => {
            let text = other.render_with_formatter(&UserMessageFormatter);
            // The position stands in the fault itself.
            let text = text.split(" at line ").next().unwrap_or_default();
            text.trim_end_matches('.').to_owned()
        }
    }
}

/// `unknown key `rowz`, did you mean `rows`? Known here: `title`, `rows``.
fn unknown(what: &str, found: &str, known: &[&str]) -> String {
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
