//! What an explore page asks: the query and the datasource, both in the URL, as of the time
//! range of the page.

use std::sync::Arc;

use leptos::prelude::*;
use venti_model::api::datasources::{Datasource, DatasourceType};
use venti_model::time::{Span, TimeRange};
use venti_model::variables::Variables;

use crate::api::query::Source;
use crate::api::{Progress, Query, QueryOptions, datasources, use_query};
use crate::state::selection::Variable;
use crate::state::view_params::History;
use crate::state::{RefreshState, SelectionState, TimeRangeState, ViewParams};

/// The question of a page.
#[derive(Clone, Copy)]
pub(super) struct Question {
    usual: Memo<DatasourceType>,
    kind: Memo<DatasourceType>,
    sources: Query<Vec<Datasource>>,
    written: Memo<String>,
    source: Memo<Option<String>>,
    params: ViewParams,
    range: TimeRangeState,
    refresh: RefreshState,
    selection: SelectionState,
    requests: RwSignal<Vec<Progress>>,
}

impl Question {
    /// Follows the URL. A datasource of the first of `kinds` that there is one of is asked, unless
    /// another one of them was chosen.
    pub(super) fn new(kinds: &'static [DatasourceType]) -> Self {
        let params = ViewParams::expect();
        let source = Memo::new(move |_| params.get("source").filter(|it| !it.is_empty()));
        let sources = use_query(
            || Some(()),
            QueryOptions::default(),
            move |(), abort| async move {
                let mut sources = datasources::list(abort).await?;
                sources.retain(|it| kinds.contains(&it.kind));
                Ok(sources)
            },
        );
        let usual = Memo::new(move |_| {
            let known = sources.data().unwrap_or_default();
            let is_there = |kind: &&DatasourceType| known.iter().any(|it| it.kind == **kind);
            let kind = kinds.iter().find(is_there).or(kinds.first());
            kind.copied().unwrap_or(DatasourceType::Prometheus)
        });
        let kind = Memo::new(move |_| {
            let known = sources.data().unwrap_or_default();
            let chosen = source.get();
            let chosen = known.iter().find(|it| Some(&it.name) == chosen.as_ref());
            chosen.map_or_else(|| usual.get(), |it| it.kind)
        });
        Self {
            usual,
            kind,
            sources,
            written: Memo::new(move |_| params.get("query").unwrap_or_default()),
            source,
            params,
            range: TimeRangeState::expect(),
            refresh: RefreshState::expect(),
            selection: SelectionState::expect(),
            requests: RwSignal::new(Vec::new()),
        }
    }

    /// What kind of datasource is asked.
    pub(super) fn kind(&self) -> DatasourceType {
        self.kind.get()
    }

    /// The kind that is asked when no datasource was chosen.
    pub(super) fn usual_kind(&self) -> DatasourceType {
        self.usual.get()
    }

    /// All that can be asked; nothing until it is known.
    pub(super) fn sources(&self) -> Option<Arc<Vec<Datasource>>> {
        self.sources.data()
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
            .map_or_else(|| Source::Main(self.kind.get()), Source::Named)
    }

    /// Chooses who is asked; nothing is the main one. A query in another language goes.
    pub(super) fn choose_source(&self, name: Option<String>) {
        let kind = self.sources.data().and_then(|all| {
            let chosen = all.iter().find(|it| Some(&it.name) == name.as_ref())?;
            Some(chosen.kind)
        });
        let mut changes = vec![("source", name)];
        if kind.unwrap_or(self.usual.get_untracked()) != self.kind.get_untracked() {
            changes.push(("query", None));
        }
        self.params.set(&changes, History::Push);
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
