//! Everything that can be done with a text, for whoever looks for one that
//! does harm: property tests and a fuzzer.

use chrono::DateTime;
use venti_model::labels::Labels;

use crate::data::{Data, LogLine, Queries, Sample};
use crate::error::{RenderError, visible_text};
use crate::parser;
use crate::template::Template;

/// Parses, checks and renders a text as a template. It panics where something
/// does not hold that always must.
#[doc(hidden)]
pub fn exercise(text: &str) {
    let template = match Template::parse("T", text) {
        Ok(template) => template,
        Err(error) => {
            visible_text(&error);
            return;
        }
    };
    let labels = Labels::from_iter([("job", "a\"b\\"), ("x", "1.5")]);
    let logs = [LogLine {
        log: "a line".to_owned(),
        ..LogLine::default()
    }];
    let data = Data {
        labels: &labels,
        external_labels: &labels,
        external_url: "http://localhost:9090/x",
        value: 97.5,
        histogram: None,
        datasource: "main",
        active_at: DateTime::default(),
        logs: &logs,
        now: DateTime::default(),
    };
    let mut queries = Queries::default();
    loop {
        match template.render(&data, &queries) {
            Err(RenderError::NeedsQuery(query)) => {
                let sample = Sample {
                    labels: labels.clone(),
                    value: 1.0,
                };
                queries.insert(query, Ok(vec![sample]));
            }
            Err(RenderError::Failed(error)) => {
                visible_text(&error);
                break;
            }
            Ok(_) => break,
        }
    }
    let _ = template.render_query(&data, &queries);
    assert_pipes_print_as_they_read(text);
}

/// A pipeline that is printed and read again prints the same.
fn assert_pipes_print_as_they_read(text: &str) {
    let printed = |text: &str| {
        let tree = parser::parse(text).ok()?;
        match tree.body.as_slice() {
            [crate::ast::Node::Action(pipe)] => Some(pipe.to_string()),
            _ => None,
        }
    };
    if let Some(first) = printed(text) {
        let again = printed(&format!("{{{{{first}}}}}"));
        assert_eq!(
            again.as_deref(),
            Some(first.as_str()),
            "printed of {text:?}"
        );
    }
}
