//! Arrow keys lead from the button of one row to that of the next, so that the list is one tab
//! stop and not one for each row. Rows without a button leave the keys to the browser, which
//! scrolls.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The button to which a key leads from what has the focus: the list itself or one of its rows.
pub(super) fn target(list: &Element, rows: &Element, key: &str) -> Option<HtmlElement> {
    let next: fn(&Element) -> Option<Element> = match key {
        "ArrowDown" => Element::next_element_sibling,
        "ArrowUp" => Element::previous_element_sibling,
        _ => return None,
    };
    let focused = document().active_element()?;
    let row = if focused == *list {
        in_sight(list, rows, key == "ArrowDown")?
    } else {
        let mut row = rows.first_element_child();
        // Keys in what opened below a row are meant for that.
        while row.as_ref().and_then(button).as_deref() != Some(&focused) {
            row = row?.next_element_sibling();
        }
        next(&row?)?
    };
    button(&row)?.dyn_into().ok()
}

/// The first row that is wholly in sight, or the last.
fn in_sight(list: &Element, rows: &Element, first: bool) -> Option<Element> {
    let frame = list.get_bounding_client_rect();
    let is_in_sight = |row: &Element| {
        let row = row.get_bounding_client_rect();
        row.top() >= frame.top() - 1.0 && row.bottom() <= frame.bottom() + 1.0
    };
    let start = if first {
        rows.first_element_child()
    } else {
        rows.last_element_child()
    };
    std::iter::successors(start, |row| {
        if first {
            row.next_element_sibling()
        } else {
            row.previous_element_sibling()
        }
    })
    .find(is_in_sight)
}

fn button(row: &Element) -> Option<Element> {
    row.query_selector("button").ok().flatten()
}
