//! A table whose columns sort by a click on their header.

use std::cmp::Ordering;

use leptos::prelude::*;

/// How many rows are put on the page; the rest is counted.
const MOST_ROWS: usize = 1000;

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SortCell {
    /// What it says.
    pub(crate) text: String,
    /// Its value, when it is a number: aligned right and sorted by size.
    pub(crate) number: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    column: usize,
    is_descending: bool,
}

/// All rows, in their own order until the reader chooses another.
#[component]
pub(crate) fn SortTable(
    /// Header cells.
    headers: Vec<String>,
    /// Rows, each as long as the header.
    rows: Vec<Vec<SortCell>>,
) -> impl IntoView {
    let order = RwSignal::new(None::<Order>);
    let sort_by = move |column: usize| {
        order.update(|order| {
            *order = match *order {
                Some(Order {
                    column: same,
                    is_descending: false,
                }) if same == column => Some(Order {
                    column,
                    is_descending: true,
                }),
                Some(Order {
                    column: same,
                    is_descending: true,
                }) if same == column => None,
                _ => Some(Order {
                    column,
                    is_descending: false,
                }),
            };
        });
    };
    let aria_sort = move |column: usize| match order.get() {
        Some(Order {
            column: same,
            is_descending,
        }) if same == column => {
            if is_descending {
                "descending"
            } else {
                "ascending"
            }
        }
        _ => "none",
    };
    let first: Vec<bool> = rows
        .first()
        .into_iter()
        .flatten()
        .map(|it| it.number.is_some())
        .collect();
    let is_number = |column: usize| first.get(column).copied().unwrap_or_default();
    let head = headers
        .into_iter()
        .enumerate()
        .map(|(column, header)| {
            view! {
                <th scope="col" class:number=is_number(column) aria-sort=move || aria_sort(column)>
                    <button type="button" class="sort" on:click=move |_| sort_by(column)>
                        {header}
                    </button>
                </th>
            }
        })
        .collect_view();
    let surplus = rows.len().saturating_sub(MOST_ROWS);
    let rows = StoredValue::new(rows);
    let body = move || {
        let mut rows = rows.get_value();
        if let Some(Order {
            column,
            is_descending,
        }) = order.get()
        {
            rows.sort_by(|a, b| {
                let order = compare(a.get(column), b.get(column));
                if is_descending {
                    order.reverse()
                } else {
                    order
                }
            });
        }
        rows.into_iter()
            .take(MOST_ROWS)
            .map(|row| {
                let cells = row.into_iter().map(|cell| {
                    view! { <td class:number=cell.number.is_some()>{cell.text}</td> }
                });
                view! { <tr>{cells.collect_view()}</tr> }
            })
            .collect_view()
    };
    view! {
        <div class="table-scroll">
            <table class="table">
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
            {(surplus > 0).then(|| view! { <p class="dim">{format!("and {surplus} more rows")}</p> })}
        </div>
    }
}

/// Numbers by size and before texts, texts by letters.
fn compare(a: Option<&SortCell>, b: Option<&SortCell>) -> Ordering {
    let number = |cell: Option<&SortCell>| cell.and_then(|it| it.number);
    let text = |cell: Option<&SortCell>| cell.map(|it| it.text.to_ascii_lowercase());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => text(a).cmp(&text(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_size_and_texts_by_letters() {
        let cell = |text: &str| SortCell {
            text: text.into(),
            number: text.parse().ok(),
        };
        let mut cells = ["b", "10", "9", "A"].map(cell);
        cells.sort_by(|a, b| compare(Some(a), Some(b)));
        assert_eq!(cells.map(|it| it.text), ["9", "10", "A", "b"]);
    }
}
