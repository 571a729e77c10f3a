//! What the query box offers to write, values of labels included.

use leptos::prelude::*;
use venti_model::time::TimeRange;

use super::super::query_editor::Offers;
use super::super::question::Question;
use super::completion::{Place, Wanted, place};
use crate::api::query::Source;
use crate::api::{QueryOptions, logs, use_query};

/// What values depend on.
#[derive(Clone, PartialEq)]
struct ValuesKey {
    source: Source,
    label: String,
    selector: Option<String>,
    range: TimeRange,
}

/// The offers at the caret; `typed` is the query up to there, while somebody writes.
pub(in crate::explore) fn use_offers(
    question: Question,
    typed: RwSignal<Option<String>>,
) -> Signal<Option<Offers>> {
    let at = Memo::new(move |_| typed.with(|it| it.as_deref().and_then(place)));
    let key = move || match at.get()?.wanted {
        Wanted::Value { label, selector } => Some(ValuesKey {
            source: question.source(),
            label,
            selector,
            range: question.range(),
        }),
        Wanted::Words(_) => None,
    };
    let values = use_query(
        key,
        QueryOptions::default(),
        move |key: ValuesKey, abort| {
            let span = question.span();
            async move {
                let selector = key.selector.as_deref();
                logs::label_values(&key.source, &key.label, selector, span, &abort).await
            }
        },
    );
    Signal::derive(move || {
        let Place { start, wanted } = at.get()?;
        let written = typed.get()?;
        let written = written.get(start..)?;
        let is_begun = |it: &str| it.starts_with(written) && it != written;
        let words = match wanted {
            Wanted::Words(words) => words.iter().map(|it| (*it).to_owned()).collect(),
            Wanted::Value { .. } => values.data().map(|it| (*it).clone()).unwrap_or_default(),
        };
        Some(Offers {
            start,
            words: words.into_iter().filter(|it| is_begun(it)).collect(),
        })
    })
}
