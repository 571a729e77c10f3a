//! Texts of labels and annotations: templates, read once when their file is loaded.

use std::sync::Arc;

use venti_template::{Data, Queries, RenderError, Template, visible_text};

/// A label's or annotation's value: a template, or a text that was meant to be one.
#[derive(Clone, Debug)]
pub struct Text {
    source: String,
    parsed: Parsed,
}

#[derive(Clone, Debug)]
enum Parsed {
    /// Nothing to expand.
    Plain,
    Template(Arc<Template>),
    /// What a reader sees instead.
    Broken(String),
}

/// A template asks something by `query` and the answer is not there yet: ask the datasource,
/// insert the answer into [`Queries`], and do again what failed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a template needs the answer to the query `{0}`")]
pub struct NeedsQuery(pub String);

impl Text {
    /// Reads a value of the rule `alert`, and says what is wrong with it as a template, each as a
    /// sentence. A broken one stays: it renders as the error, so that no alert is lost for its
    /// words.
    pub fn parse(alert: &str, source: impl Into<String>) -> (Self, Vec<String>) {
        let source = source.into();
        if !source.contains("{{") {
            let parsed = Parsed::Plain;
            return (Self { source, parsed }, Vec::new());
        }
        // The name that Prometheus gives it in errors.
        match Template::parse(&format!("__alert_{alert}"), &source) {
            Ok(template) => {
                let findings = template.check().iter();
                let findings = findings
                    .map(|it| format!("template:{}: {}", it.position, it.message))
                    .collect();
                let parsed = Parsed::Template(Arc::new(template));
                (Self { source, parsed }, findings)
            }
            Err(error) => {
                let parsed = Parsed::Broken(visible_text(&error));
                (Self { source, parsed }, vec![error.to_string()])
            }
        }
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it renders to the same text always.
    pub fn is_fixed(&self) -> bool {
        !matches!(self.parsed, Parsed::Template(_))
    }

    /// Its text for an alert; errors become visible text.
    pub fn render(&self, data: &Data<'_>, queries: &Queries) -> Result<String, NeedsQuery> {
        match &self.parsed {
            Parsed::Plain => Ok(self.source.clone()),
            Parsed::Broken(text) => Ok(text.clone()),
            Parsed::Template(template) => match template.render(data, queries) {
                Ok(text) => Ok(text),
                Err(RenderError::NeedsQuery(query)) => Err(NeedsQuery(query)),
                Err(error) => Ok(visible_text(&error)),
            },
        }
    }
}

/// Equal when they are written alike.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}
