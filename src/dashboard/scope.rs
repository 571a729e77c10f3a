//! What every panel shares: when it asks, for which range, and with which variables.

use std::future::Future;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use venti_model::answer::Answer;
use venti_model::api::datasources::DatasourceType;
use venti_model::dashboard::{Panel, Target};
use venti_model::step::{FINEST_STEP, Grid};
use venti_model::time::{Span, TimeRange};
use venti_model::variables::{Variables, uses};

use crate::api::logs::{self, Newest};
use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError, Query, QueryOptions, use_query};
use crate::hooks::use_is_near;
use crate::state::selection::Variable;
use crate::state::{RefreshState, SelectionState, TimeRangeState};

/// The width, in CSS pixels, that stands for panels whose picture does not depend on it: it only
/// decides what `$__interval` means there.
pub(crate) const USUAL_WIDTH: Option<f64> = Some(600.0);

/// What a panel asks of each of its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The value at the end of the range.
    Instant,
    /// The values over the range.
    Range,
    /// The newest log lines of the range.
    Logs {
        /// How many at most.
        limit: usize,
    },
}

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
        let is_near = use_is_near(element);
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

    /// Loads what the panel asks for, for a picture of some width in CSS pixels. Until the width
    /// is known, and before the panel was first seen, nothing is asked.
    pub(crate) fn load<T: Send + Sync + 'static>(
        &self,
        ask: Ask,
        width: Signal<Option<f64>>,
        show: impl Fn(&PanelRequest, Vec<Answer>) -> Result<T, ApiError> + Clone + 'static,
    ) -> Query<T> {
        let request = self.requests();
        self.query(width, move |key, abort| {
            let (request, show) = (request(key), show.clone());
            async move {
                let answers = request.answers(ask, &abort).await?;
                show(&request, answers)
            }
        })
    }

    /// Loads with a fetch of the panel's own, where [`Ask`] does not have it.
    pub(crate) fn load_with<T, F>(
        &self,
        fetch: impl Fn(PanelRequest, Abort) -> F + 'static,
    ) -> Query<T>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let request = self.requests();
        self.query(USUAL_WIDTH.into(), move |key, abort| {
            fetch(request(key), abort)
        })
    }

    fn query<T, F>(
        &self,
        width: Signal<Option<f64>>,
        fetch: impl Fn(PanelKey, Abort) -> F + 'static,
    ) -> Query<T>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let key = self.key(width);
        use_query(move || key.get(), self.options, fetch)
    }

    fn key(&self, width: Signal<Option<f64>>) -> Signal<Option<PanelKey>> {
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
        let chosen = move |variable: Variable| {
            let mut targets = panel.targets.iter();
            let is_used = targets.any(|it| uses(&it.expr, variable.name()));
            if is_used {
                selection.get(variable)
            } else {
                None
            }
        };
        Signal::derive(move || {
            let width = width.get().filter(|_| was_seen.get())?;
            let range = range.range();
            let span = range.resolve(refresh.now());
            Some(PanelKey {
                range,
                step: Grid::for_width(span, width, FINEST_STEP).step,
                namespace: chosen(Variable::Namespace),
                node: chosen(Variable::Node),
            })
        })
    }

    fn requests(&self) -> impl Fn(PanelKey) -> PanelRequest + 'static {
        let (panel, refresh) = (self.panel.clone(), self.refresh);
        move |key| {
            let span = key.range.resolve(refresh.now());
            PanelRequest {
                panel: panel.clone(),
                span,
                grid: Grid::aligned(span, key.step),
                variables: Variables {
                    namespace: key.namespace,
                    node: key.node,
                    interval: key.step,
                    range: span.seconds() as u64,
                },
            }
        }
    }
}

impl PanelRequest {
    /// The answers to all targets, asked at once.
    async fn answers(&self, ask: Ask, abort: &Abort) -> Result<Vec<Answer>, ApiError> {
        let prometheus = Source::Main(DatasourceType::Prometheus);
        let lethe = Source::Main(DatasourceType::Lethe);
        let targets = self.panel.targets.iter().map(|target| {
            let (prometheus, lethe) = (&prometheus, &lethe);
            async move {
                let expression = self.expression(target);
                match ask {
                    Ask::Instant => {
                        query::instant(prometheus, &expression, self.span.end, abort).await
                    }
                    Ask::Range => query::range(prometheus, &expression, self.grid, abort).await,
                    Ask::Logs { limit } => {
                        let newest = Newest {
                            limit,
                            before: None,
                        };
                        logs::lines(lethe, &expression, self.span, newest, abort).await
                    }
                }
            }
        });
        futures_util::future::try_join_all(targets).await
    }

    /// The expression of a target with its variables replaced.
    pub(crate) fn expression(&self, target: &Target) -> String {
        self.variables.substitute(&target.expr)
    }
}
