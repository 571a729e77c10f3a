//! What an explore page asks: the query and the datasource, both in the URL, as of the time
//! range of the page.

use leptos::prelude::*;
use venti_model::api::datasources::DatasourceType;
use venti_model::time::{Span, TimeRange};
use venti_model::variables::Variables;

use crate::api::query::Source;
use crate::api::{Progress, QueryOptions};
use crate::state::selection::Variable;
use crate::state::view_params::History;
use crate::state::{RefreshState, SelectionState, TimeRangeState, ViewParams};

/// The question of a page.
#[derive(Clone, Copy)]
pub(super) struct Question {
    kind: DatasourceType,
    written: Memo<String>,
    source: Memo<Option<String>>,
    params: ViewParams,
    range: TimeRangeState,
    refresh: RefreshState,
    selection: SelectionState,
    requests: RwSignal<Vec<Progress>>,
}

impl Question {
    /// Follows the URL; `kind` is asked.
    pub(super) fn new(kind: DatasourceType) -> Self {
        let params = ViewParams::expect();
        Self {
            kind,
            written: Memo::new(move |_| params.get("query").unwrap_or_default()),
            source: Memo::new(move |_| params.get("source").filter(|it| !it.is_empty())),
            params,
            range: TimeRangeState::expect(),
            refresh: RefreshState::expect(),
            selection: SelectionState::expect(),
            requests: RwSignal::new(Vec::new()),
        }
    }

    /// What kind of datasource is asked.
    pub(super) fn kind(&self) -> DatasourceType {
        self.kind
    }

    /// The query as written.
    pub(super) fn written(&self) -> Signal<String> {
        self.written.into()
    }

    /// The datasource that was chosen, if any was.
    pub(super) fn chosen_source(&self) -> Option<String> {
        self.source.get()
    }

    /// Who is asked: the main datasource, unless another one was chosen.
    pub(super) fn source(&self) -> Source {
        self.source
            .get()
            .map_or(Source::Main(self.kind), Source::Named)
    }

    /// Chooses who is asked; nothing is the main one.
    pub(super) fn choose_source(&self, name: Option<String>) {
        self.params.set(&[("source", name)], History::Push);
    }

    /// The range as chosen.
    pub(super) fn range(&self) -> TimeRange {
        self.range.range()
    }

    /// The range, to the moment.
    pub(super) fn span(&self) -> Span {
        self.range.range().resolve(self.refresh.now())
    }

    /// The query with its variables replaced, which links from panels bring; nothing when none
    /// is written. `step` is what `$__interval` stands for, in seconds.
    pub(super) fn expression(&self, step: u64) -> Option<String> {
        let written = Some(self.written.get()).filter(|it| !it.trim().is_empty())?;
        let variables = Variables {
            namespace: self.selection.get(Variable::Namespace),
            node: self.selection.get(Variable::Node),
            interval: step,
            range: self.span().seconds() as u64,
        };
        Some(variables.substitute(&written))
    }

    /// When to ask again.
    pub(super) fn options(&self) -> QueryOptions {
        self.refresh.query_options()
    }

    /// Counts a request among those of this question, as long as its view lives.
    pub(super) fn follow(&self, request: Progress) {
        let requests = self.requests;
        requests.update(|it| it.push(request));
        on_cleanup(move || {
            let _ = requests.try_update(|it| it.retain(|it| *it != request));
        });
    }

    /// Whether an answer is on its way.
    pub(super) fn is_loading(&self) -> bool {
        self.requests.with(|it| it.iter().any(Progress::loading))
    }

    /// Asks a query as of now: the same one again, or another one.
    pub(super) fn ask(&self, query: String) {
        self.refresh.look_at_clock();
        if self.written.with_untracked(|it| *it == query) {
            for request in self.requests.get_untracked() {
                request.refetch();
            }
        } else {
            let query = Some(query).filter(|it| !it.is_empty());
            self.params.set(&[("query", query)], History::Push);
        }
    }
}
