//! The cursor that all charts of a page share, and the chart it was last on.

use std::sync::Arc;

use leptos::prelude::*;
use venti_panel::PlotData;

/// The chart under the pointer.
#[derive(Clone)]
pub(crate) struct Focus {
    /// Its heading.
    pub(crate) title: String,
    /// Its data; the signal follows refreshes.
    pub(crate) data: Signal<Option<Arc<PlotData>>>,
    /// The series nearest to the pointer, if it is near one.
    pub(crate) series: Option<usize>,
}

/// Where all charts draw their crosshair, and what the data table shows.
#[derive(Clone, Copy)]
pub(crate) struct PlotCursor {
    time: RwSignal<Option<f64>>,
    is_on_chart: RwSignal<bool>,
    focus: RwSignal<Option<Focus>>,
}

impl PlotCursor {
    /// One for each page.
    pub(crate) fn new() -> Self {
        Self {
            time: RwSignal::new(None),
            is_on_chart: RwSignal::new(false),
            focus: RwSignal::new(None),
        }
    }

    /// The one of this page.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// Puts the cursor at a sample of a chart, unix seconds.
    pub(crate) fn point_at(&self, time: f64, focus: Focus) {
        self.focus.set(Some(focus));
        self.time.set(Some(time));
        self.is_on_chart.set(true);
    }

    /// The pointer left the charts: crosshairs go, the table keeps its last moment.
    pub(crate) fn leave(&self) {
        self.is_on_chart.set(false);
    }

    /// As [`Self::crosshair`], without following it.
    pub(crate) fn crosshair_untracked(&self) -> Option<f64> {
        untrack(|| self.crosshair())
    }

    /// Where crosshairs are drawn, if they are.
    pub(crate) fn crosshair(&self) -> Option<f64> {
        if self.is_on_chart.get() {
            self.time.get()
        } else {
            None
        }
    }

    /// The moment the data table shows.
    pub(crate) fn time(&self) -> Option<f64> {
        self.time.get()
    }

    /// The chart the data table shows.
    pub(crate) fn focus(&self) -> Option<Focus> {
        self.focus.get()
    }
}
