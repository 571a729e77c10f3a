//! A pie on the page: the ring on a canvas, its slices as a table beside it, both highlighting
//! each other.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use venti_chart::PiePlot;
use venti_panel::PieData;
use web_sys::PointerEvent;

use super::canvas;
use super::legend::theme;
use crate::hooks::use_size;

/// The pie of a panel.
#[component]
pub(crate) fn Donut(
    /// What to draw.
    data: Signal<Option<Arc<PieData>>>,
    /// Whether dark colours show.
    is_dark: Signal<bool>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let size = use_size(frame);
    let highlighted = RwSignal::new(None::<usize>);
    let plot = RwSignal::new(None::<Arc<PiePlot>>);

    Effect::new(move |_| {
        let (Some(data), (width, height)) = (data.get(), size.get()) else {
            return;
        };
        let made = data.plot(canvas::surface(width, height), theme(is_dark.get()));
        plot.set(Some(Arc::new(made)));
    });
    Effect::new(move |_| {
        let (Some(canvas), Some(plot)) = (canvas.get(), plot.get()) else {
            return;
        };
        let (width, height) = size.get_untracked();
        if let Some(sheet) = canvas::sheet(&canvas, canvas::surface(width, height)) {
            let _ = plot.draw(&sheet, highlighted.get());
        }
    });
    let follow_pointer = move |event: PointerEvent| {
        let plot = plot.get_untracked();
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        highlighted.set(plot.and_then(|it| it.slice_at(x, y)));
    };
    let rows = move || {
        let data = data.get();
        let theme = theme(is_dark.get());
        data.iter()
            .flat_map(|it| it.slices.clone())
            .enumerate()
            .map(|(at, slice)| {
                let color = slice.color(theme).to_string();
                view! {
                    <tr
                        class:near=move || highlighted.get() == Some(at)
                        on:pointerenter=move |_| highlighted.set(Some(at))
                        on:pointerleave=move |_| highlighted.set(None)
                    >
                        <td><span class="dot" style:background=color aria-hidden="true"></span></td>
                        <td class="pie-label" title=slice.label.clone()>{slice.label.clone()}</td>
                        <td class="number">{slice.text}</td>
                        <td class="number dim">{slice.share}</td>
                    </tr>
                }
            })
            .collect_view()
    };

    view! {
        <div class="pie">
            <div class="pie-ring" node_ref=frame>
                <canvas
                    class="chart-layer"
                    node_ref=canvas
                    aria-hidden="true"
                    on:pointermove=follow_pointer
                    on:pointerleave=move |_| highlighted.set(None)
                ></canvas>
            </div>
            <div class="pie-table"><table>{rows}</table></div>
        </div>
    }
}
