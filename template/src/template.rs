//! A parsed template and what can be done with it.

use crate::Finding;
use crate::check::{self, Findings};
use crate::data::{Data, Queries};
use crate::error::{ParseError, Position, RenderError};
use crate::exec::{self, Output};
use crate::functions::pattern::Patterns;
use crate::parser::{self, Tree};
use crate::scope::Scope;

/// A template, parsed and checked once, to be rendered often.
#[derive(Debug)]
pub struct Template {
    name: String,
    tree: Tree,
    patterns: Patterns,
    findings: Findings,
}

/// A call of `query` in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryCall {
    /// Where it stands.
    pub position: Position,
    /// The query, where it stands in the template as it is. `None` where it
    /// is put together when the template runs.
    pub query: Option<String>,
}

impl Template {
    /// Reads a template. Its name shows in errors; Prometheus takes
    /// `__alert_` and the name of the alert.
    ///
    /// # Errors
    ///
    /// Where Prometheus would refuse the rule file: bad syntax, unknown
    /// functions, undeclared variables.
    pub fn parse(name: &str, text: &str) -> Result<Template, ParseError> {
        let tree = parser::parse(text).map_err(|(message, position)| ParseError {
            name: name.to_owned(),
            position,
            message,
        })?;
        let (findings, patterns) = check::check(&tree);
        Ok(Template {
            name: name.to_owned(),
            tree,
            patterns,
            findings,
        })
    }

    /// What would fail whenever the template runs, and what Prometheus does
    /// not know, in the order of the text.
    pub fn check(&self) -> &[Finding] {
        &self.findings.findings
    }

    /// All calls of `query`, in the order of the text. Those with a text can
    /// be asked ahead.
    pub fn queries(&self) -> &[QueryCall] {
        &self.findings.queries
    }

    /// The text for an alert.
    ///
    /// # Errors
    ///
    /// [`RenderError::NeedsQuery`] where an answer is missing in `queries`,
    /// otherwise what Prometheus would put into the text; so does
    /// [`visible_text`](crate::visible_text).
    pub fn render(&self, data: &Data<'_>, queries: &Queries) -> Result<String, RenderError> {
        self.execute(data, queries, Output::plain())
    }

    /// A query in LetheQL, LogsQL or PromQL for an alert: values are escaped
    /// where the placeholder stands in quotes. Elsewhere a value must not be
    /// able to change the query: it has to be a name, a number, a duration or
    /// a quoted string.
    ///
    /// # Errors
    ///
    /// As of [`Template::render`], and for values that would change the query.
    pub fn render_query(&self, data: &Data<'_>, queries: &Queries) -> Result<String, RenderError> {
        self.execute(data, queries, Output::query())
    }

    fn execute(
        &self,
        data: &Data<'_>,
        queries: &Queries,
        output: Output,
    ) -> Result<String, RenderError> {
        let scope = Scope::new(data, queries, &self.patterns);
        exec::execute(&self.name, &self.tree, scope, output)
    }
}
