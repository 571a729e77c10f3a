//! Where a template writes to: a text, or a query in which values are escaped.

use crate::escape::Quotes;
use crate::printf;
use crate::scope::{Failure, MAX_TEXT};
use crate::value::Value;

pub(crate) struct Output {
    text: String,
    /// For a query, where in it the text ends.
    quotes: Option<Quotes>,
}

impl Output {
    /// Values are written as they are.
    pub(crate) fn plain() -> Output {
        Output {
            text: String::with_capacity(128),
            quotes: None,
        }
    }

    /// Values are written so that they stay values.
    pub(crate) fn query() -> Output {
        Output {
            text: String::with_capacity(128),
            quotes: Some(Quotes::new()),
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Writes what the author of the template wrote.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        if self.text.len() + text.len() > MAX_TEXT {
            return Err(Failure::new(printf::TooLong.to_string()));
        }
        self.text.push_str(text);
        if let Some(quotes) = &mut self.quotes {
            quotes.follow(text);
        }
        Ok(())
    }

    /// Writes a value; the number of bytes that it took.
    pub(super) fn value(&mut self, value: &Value<'_>, room: usize) -> Result<usize, Failure> {
        let before = self.text.len();
        let limit = before.saturating_add(room).min(MAX_TEXT);
        let too_long = |error: printf::TooLong| Failure::new(error.to_string());
        match &self.quotes {
            None => {
                let text = std::mem::take(&mut self.text);
                self.text = printf::show(text, value, limit).map_err(too_long)?;
            }
            Some(quotes) => {
                let shown = printf::show(String::new(), value, room).map_err(too_long)?;
                let pushed = quotes.push(&mut self.text, &shown);
                pushed.map_err(|error| Failure::new(error.to_string()))?;
                if self.text.len() > limit {
                    return Err(too_long(printf::TooLong));
                }
            }
        }
        Ok(self.text.len() - before)
    }
}
