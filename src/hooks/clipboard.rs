//! Copying a text.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Puts a text on the clipboard, and says whether that went well.
///
/// By the old way of a selected text area: the new one exists on encrypted pages only, and a
/// cluster's own network is often not.
pub(crate) fn copy_text(text: &str) -> bool {
    let copy = || {
        let page = document();
        let field = page.create_element("textarea").ok()?;
        let field: HtmlTextAreaElement = field.dyn_into().ok()?;
        field.set_value(text);
        field.set_class_name("visually-hidden");
        page.body()?.append_child(&field).ok()?;
        field.select();
        let is_copied = page.unchecked_into::<HtmlDocument>().exec_command("copy");
        field.remove();
        is_copied.ok()
    };
    copy().unwrap_or_default()
}
