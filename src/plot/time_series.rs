//! A time series chart: the plot on one canvas, the cursor on a second one above it, so that
//! hovering never redraws a line.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use venti_chart::TimeSeriesPlot;
use venti_model::time::Zone;
use venti_model::unit::FormatOptions;
use venti_panel::PlotData;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent};

use super::canvas;
use super::cursor::{Focus, PlotCursor};
use super::legend::theme;
use crate::hooks::use_size;

/// How near, in CSS pixels, the pointer must be to a line to emphasize it.
const NEAR: f64 = 24.0;

/// A chart of one panel. It draws into whatever size it is given and redraws when that, the
/// data, the theme or the cursor changes.
#[component]
pub(crate) fn TimeSeriesChart(
    /// The panel's heading, for the data table and for screen readers.
    #[prop(into)]
    title: String,
    /// What to draw.
    data: Signal<Option<Arc<PlotData>>>,
    /// Whether dark colours show.
    is_dark: Signal<bool>,
    /// The zone of the time axis.
    zone: Zone,
    /// Told the width in CSS pixels whenever it changes: it decides the step of the query.
    #[prop(into)]
    on_width: Callback<f64>,
    /// The chart was clicked.
    #[prop(into)]
    on_click: Callback<()>,
    /// A part of the time axis was marked by dragging: two unix seconds, in either order.
    #[prop(into)]
    on_zoom: Callback<(f64, f64)>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let lines = NodeRef::<html::Canvas>::new();
    let overlay = NodeRef::<html::Canvas>::new();
    let cursor = PlotCursor::expect();
    let size = use_size(frame);
    let plot = RwSignal::new(None::<Arc<TimeSeriesPlot>>);
    let near = RwSignal::new(None::<usize>);
    // Where a press began and where the pointer is, in CSS pixels.
    let drag = RwSignal::new(None::<(f64, f64)>);
    let was_drag = StoredValue::new(false);

    Effect::new(move |_| {
        let (width, _) = size.get();
        if width > 0.0 {
            on_width.run(width);
        }
    });
    Effect::new(move |_| {
        let (Some(canvas), Some(data)) = (lines.get(), data.get()) else {
            return;
        };
        let (width, height) = size.get();
        if width > 0.0 {
            plot.set(draw(&canvas, &data, (width, height), is_dark.get(), zone).map(Arc::new));
        }
    });

    Effect::new(move |_| {
        let (Some(canvas), Some(plot)) = (overlay.get(), plot.get()) else {
            return;
        };
        let (width, height) = size.get_untracked();
        let Some(sheet) = canvas::sheet(&canvas, canvas::surface(width, height)) else {
            return;
        };
        if let Some((from, to)) = drag.get().filter(is_marking) {
            let _ = plot.draw_selection(&sheet, plot.time_at(from), plot.time_at(to));
            return;
        }
        let (Some(time), Some(data)) = (cursor.crosshair(), data.get_untracked()) else {
            return;
        };
        let _ = plot.draw_cursor(&sheet, &data.frame, time, near.get());
    });

    let point_at = {
        let title = title.clone();
        move |index: usize, series: Option<usize>| {
            let Some(shown) = data.get_untracked() else {
                return;
            };
            let Some(time) = shown.frame.times().get(index) else {
                return;
            };
            near.set(series);
            cursor.point_at(
                *time,
                Focus {
                    title: title.clone(),
                    data,
                    series,
                },
            );
        }
    };
    let follow_pointer = {
        let point_at = point_at.clone();
        move |event: PointerEvent| {
            let (Some(plot), Some(data)) = (plot.get_untracked(), data.get_untracked()) else {
                return;
            };
            let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
            if let Some((from, _)) = drag.get_untracked() {
                drag.set(Some((from, x)));
            }
            if let Some(index) = plot.nearest_index(&data.frame, x) {
                let near = plot.nearest_series(&data.frame, x, y, NEAR);
                point_at(index, near.map(|it| it.series));
            }
        }
    };
    let press = {
        let follow_pointer = follow_pointer.clone();
        move |event: PointerEvent| {
            // A finger that moves scrolls the page.
            let is_drag = event.pointer_type() == "mouse" && event.button() == 0;
            was_drag.set_value(false);
            if is_drag {
                let x = f64::from(event.offset_x());
                drag.set(Some((x, x)));
            }
            follow_pointer(event);
        }
    };
    let release = move |_| {
        let marked = drag.get_untracked().filter(is_marking);
        drag.set(None);
        if let (Some((from, to)), Some(plot)) = (marked, plot.get_untracked()) {
            was_drag.set_value(true);
            on_zoom.run((plot.time_at(from), plot.time_at(to)));
        }
    };
    let click = move |_| {
        // The end of a drag is a click too.
        if !was_drag.get_value() {
            on_click.run(());
        }
    };
    let leave = move |_| {
        drag.set(None);
        near.set(None);
        cursor.leave();
    };
    let move_cursor = move |event: KeyboardEvent| {
        let Some(shown) = data.get_untracked() else {
            return;
        };
        let Some(last) = shown.frame.times().len().checked_sub(1) else {
            return;
        };
        let at = cursor.crosshair_untracked().map(|time| {
            shown
                .frame
                .times()
                .partition_point(|it| *it < time)
                .min(last)
        });
        let leap = if event.shift_key() { 10 } else { 1 };
        let target = match (event.key().as_str(), at) {
            ("ArrowLeft", at) => at.map_or(last, |it| it.saturating_sub(leap)),
            ("ArrowRight", at) => at.map_or(0, |it| (it + leap).min(last)),
            ("Home", _) => 0,
            ("End", _) => last,
            ("Enter", _) => return on_click.run(()),
            ("Escape", _) => return leave(()),
            _ => return,
        };
        event.prevent_default();
        point_at(target, None);
    };

    let description = {
        let title = title.clone();
        move || {
            let series = data.with(|it| it.as_ref().map_or(0, |it| it.frame.series().len()));
            format!(
                "{title}: chart of {series} series. Arrow keys move the cursor, Enter opens the data table."
            )
        }
    };

    view! {
        <div
            class="chart"
            node_ref=frame
            role="group"
            tabindex="0"
            aria-label=description
            on:pointermove=follow_pointer.clone()
            on:pointerdown=press
            on:pointerup=release
            on:pointerleave=move |_| leave(())
            on:blur=move |_| leave(())
            on:keydown=move_cursor
            on:click=click
        >
            <canvas class="chart-layer" node_ref=lines aria-hidden="true"></canvas>
            <canvas class="chart-layer" node_ref=overlay aria-hidden="true"></canvas>
        </div>
    }
}

/// Whether the pointer went far enough that it was no click.
fn is_marking((from, to): &(f64, f64)) -> bool {
    (from - to).abs() > 6.0
}

/// Draws the lines and returns the geometry that hovering asks.
fn draw(
    canvas: &HtmlCanvasElement,
    data: &PlotData,
    (width, height): (f64, f64),
    is_dark: bool,
    zone: Zone,
) -> Option<TimeSeriesPlot> {
    let surface = canvas::surface(width, height);
    let plot = data.plot(surface, theme(is_dark), zone, &canvas::measure(canvas));
    let sheet = canvas::sheet(canvas, surface)?;
    plot.draw(&sheet, &data.frame).ok()?;
    Some(plot)
}

/// How values in a chart's table are written in a zone.
pub(crate) fn value_format(zone: Zone) -> FormatOptions {
    FormatOptions {
        zone,
        ..FormatOptions::default()
    }
}
