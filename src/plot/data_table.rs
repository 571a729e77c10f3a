//! The docked table of the moment under the cursor: every series of the chart, its value in its
//! unit, greatest first.

use std::sync::Arc;

use leptos::prelude::*;
use venti_model::time::Zone;
use venti_panel::Reading;

use super::cursor::PlotCursor;
use super::legend::Swatch;
use super::time_series::value_format;

/// What the table shows.
#[derive(Clone, PartialEq)]
struct Moment {
    title: String,
    time: f64,
    readings: Arc<Vec<Reading>>,
    near: Option<usize>,
}

/// The table; it follows the cursor of the page.
#[component]
pub(crate) fn DataTable(
    /// Whether dark colours show.
    is_dark: Signal<bool>,
    /// The zone of the time.
    zone: Zone,
    /// The user closed the table.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let cursor = PlotCursor::expect();
    let moment = Memo::new(move |_| {
        let (focus, time) = (cursor.focus()?, cursor.time()?);
        let data = focus.data.get()?;
        let times = data.frame.times();
        let index = times
            .partition_point(|it| *it < time)
            .min(times.len().checked_sub(1)?);
        Some(Moment {
            title: focus.title,
            time: times[index],
            readings: Arc::new(data.readings(index, &value_format(zone))),
            near: focus.series,
        })
    });
    let count = Memo::new(move |_| moment.with(|it| it.as_ref().map_or(0, |it| it.readings.len())));
    let title = move || moment.with(|it| it.as_ref().map(|it| it.title.clone()));
    let time = move || moment.with(|it| it.as_ref().map(|it| zone.format(it.time)));
    let spoken = move || {
        moment.with(|it| {
            it.as_ref().map(|it| {
                let values: Vec<_> = it
                    .readings
                    .iter()
                    .take(3)
                    .map(|it| format!("{} {}", it.name, it.text))
                    .collect();
                format!("{}: {}", zone.format(it.time), values.join(", "))
            })
        })
    };

    view! {
        <aside class="data-table" aria-label="Data at the cursor">
            <header class="data-table-head">
                <div>
                    <h2>{move || title().unwrap_or_else(|| "Data".to_owned())}</h2>
                    <p class="data-table-time">
                        {move || time().unwrap_or_else(|| "Point at a chart".to_owned())}
                        <span class="dim">
                            {move || (count.get() > 0).then(|| format!("{} series", count.get()))}
                        </span>
                    </p>
                </div>
                <button class="icon-button" aria-label="Close the data table" on:click=move |_| on_close.run(())>
                    "×"
                </button>
            </header>
            <div class="data-table-body">
                <table>
                    // Rows belong to places, not to series: moving the cursor changes texts
                    // and no elements.
                    <For each=move || 0..count.get() key=|row| *row let:row>
                        <DataRow row moment is_dark />
                    </For>
                </table>
            </div>
            <p class="visually-hidden" aria-live="polite">{spoken}</p>
        </aside>
    }
}

#[component]
fn DataRow(row: usize, moment: Memo<Option<Moment>>, is_dark: Signal<bool>) -> impl IntoView {
    let reading = Memo::new(move |_| {
        moment.with(|it| it.as_ref().and_then(|it| it.readings.get(row).cloned()))
    });
    let slot = Memo::new(move |_| reading.with(|it| it.as_ref().map_or(0, |it| it.slot)));
    let name = move || reading.with(|it| it.as_ref().map(|it| it.name.clone()));
    let text = move || reading.with(|it| it.as_ref().map(|it| it.text.clone()));
    let is_near = move || {
        let series = reading.with(|it| it.as_ref().map(|it| it.series));
        series.is_some() && moment.with(|it| it.as_ref().and_then(|it| it.near)) == series
    };
    view! {
        <tr class:near=is_near>
            <td>{move || view! { <Swatch palette_slot=slot.get() is_dark /> }}</td>
            <td class="data-table-name">{name}</td>
            <td class="number">{text}</td>
        </tr>
    }
}
