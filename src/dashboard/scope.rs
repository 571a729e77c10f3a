//! What every panel shares: when it asks, for which range, and with which variables.

use std::future::Future;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos_use_intersection_observer::{
    UseIntersectionObserverOptions, use_intersection_observer_with_options,
};
use venti_model::answer::Answer;
use venti_model::api::datasources::DatasourceType;
use venti_model::dashboard::{Panel, Target};
use venti_model::step::Grid;
use venti_model::time::{Span, TimeRange};
use venti_model::variables::{Variables, uses};

use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError, Query, QueryOptions, use_query};
use crate::state::selection::Variable;
use crate::state::{RefreshState, SelectionState, TimeRangeState};

/// No graph is finer than this many seconds: nothing is scraped more often.
pub(crate) const MIN_STEP: u64 = 5;

/// One panel on the page.
#[derive(Clone)]
pub(crate) struct PanelScope {
    panel: Arc<Panel>,
    element: NodeRef<html::Section>,
    options: QueryOptions,
    range: TimeRangeState,
    refresh: RefreshState,
    selection: SelectionState,
}

/// What a panel shows depends on this; while it stays equal nothing is asked again.
#[derive(Clone, Debug, PartialEq)]
struct PanelKey {
    range: TimeRange,
    step: u64,
    namespace: Option<String>,
    node: Option<String>,
}

/// A question of a panel, with everything resolved.
#[derive(Clone, Debug)]
pub(crate) struct PanelRequest {
    /// The panel.
    pub(crate) panel: Arc<Panel>,
    /// The range, to the moment.
    pub(crate) span: Span,
    /// The range on its grid.
    pub(crate) grid: Grid,
    variables: Variables,
}

impl PanelScope {
    /// Follows the states of the app; the panel counts as visible while its element is near
    /// the visible part of the page.
    pub(crate) fn new(panel: Panel) -> Self {
        let element = NodeRef::new();
        let is_near = RwSignal::new(false);
        use_intersection_observer_with_options(
            element,
            move |entries, _| {
                if let Some(entry) = entries.last() {
                    is_near.set(entry.is_intersecting());
                }
            },
            UseIntersectionObserverOptions::default().root_margin("100% 0px".to_owned()),
        );
        let refresh = RefreshState::expect();
        let visible = Signal::derive(move || is_near.get() && !refresh.is_hidden());
        Self {
            panel: Arc::new(panel),
            element,
            options: QueryOptions {
                tick: refresh.tick(),
                visible,
                ..QueryOptions::default()
            },
            range: TimeRangeState::expect(),
            refresh,
            selection: SelectionState::expect(),
        }
    }

    /// The panel's definition.
    pub(crate) fn panel(&self) -> &Arc<Panel> {
        &self.panel
    }

    /// The element to watch for visibility.
    pub(crate) fn element(&self) -> NodeRef<html::Section> {
        self.element
    }

    /// Loads the panel's data for a picture of some width in CSS pixels; until the width is
    /// known, and before the panel was first seen, nothing is asked.
    pub(crate) fn load<T, F>(
        &self,
        width: impl Fn() -> Option<f64> + Send + Sync + 'static,
        fetch: impl Fn(PanelRequest, Abort) -> F + 'static,
    ) -> Query<T>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let Self {
            range,
            refresh,
            selection,
            options,
            ..
        } = *self;
        let panel = self.panel.clone();
        let was_seen = Memo::new(move |seen: Option<&bool>| {
            seen.copied().unwrap_or_default() || options.visible.get()
        });
        let chosen = {
            let panel = panel.clone();
            move |variable: Variable| {
                let used = panel
                    .targets
                    .iter()
                    .any(|it| uses(&it.expr, variable.name()));
                if used { selection.get(variable) } else { None }
            }
        };
        let key = move || {
            let width = width().filter(|_| was_seen.get())?;
            let range = range.range();
            let span = range.resolve(refresh.now());
            Some(PanelKey {
                range,
                step: Grid::for_width(span, width, MIN_STEP).step,
                namespace: chosen(Variable::Namespace),
                node: chosen(Variable::Node),
            })
        };
        use_query(key, options, move |key: PanelKey, abort| {
            let span = key.range.resolve(refresh.now());
            let variables = Variables {
                namespace: key.namespace,
                node: key.node,
                interval: key.step,
                range: span.seconds() as u64,
            };
            let grid = Grid::aligned(span, key.step);
            fetch(
                PanelRequest {
                    panel: panel.clone(),
                    span,
                    grid,
                    variables,
                },
                abort,
            )
        })
    }

    /// Loads the instant answers of all targets, for a panel that shows one moment.
    pub(crate) fn load_instant<T: Send + Sync + 'static>(
        &self,
        show: impl Fn(&Panel, Vec<Answer>) -> Result<T, ApiError> + Clone + 'static,
    ) -> Query<T> {
        // The width only decides what `$__interval` means here.
        let width = || Some(600.0);
        self.load(width, move |request, abort| {
            let show = show.clone();
            async move {
                let source = Source::Main(DatasourceType::Prometheus);
                let answers = request
                    .panel
                    .targets
                    .iter()
                    .map(|target| request.instant(&source, target, &abort));
                let answers = futures_util::future::try_join_all(answers).await?;
                show(&request.panel, answers)
            }
        })
    }
}

impl PanelRequest {
    /// The expression of a target with its variables replaced.
    pub(crate) fn expression(&self, target: &Target) -> String {
        self.variables.substitute(&target.expr)
    }

    /// A target's value at the end of the range.
    pub(crate) async fn instant(
        &self,
        source: &Source,
        target: &Target,
        abort: &Abort,
    ) -> Result<Answer, ApiError> {
        query::instant(source, &self.expression(target), self.span.end, abort).await
    }
}
