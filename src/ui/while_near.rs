//! What is drawn only while it is near the visible part of the page. Its place is kept otherwise,
//! so a page of any length consists of few elements.

use leptos::html;
use leptos::prelude::*;

use crate::hooks::use_is_near;

/// Draws its children while they are near.
#[component]
pub(crate) fn WhileNear(
    /// Their height in CSS pixels, as far as anybody knows before they were drawn.
    estimate: f64,
    /// What is drawn.
    children: ChildrenFn,
) -> impl IntoView {
    let frame = NodeRef::<html::Section>::new();
    let is_near = use_is_near(frame);
    let is_drawn = RwSignal::new(false);
    let height = RwSignal::new(estimate);
    Effect::new(move |_| {
        let is_near = is_near.get();
        // Measured while they are still there.
        if let (false, true, Some(frame)) = (is_near, is_drawn.get_untracked(), frame.get()) {
            height.set(f64::from(frame.offset_height()));
        }
        is_drawn.set(is_near);
    });
    let place = move || (!is_drawn.get()).then(|| format!("{}px", height.get()));
    view! {
        <section node_ref=frame style:min-height=place>
            <Show when=move || is_drawn.get()>{children()}</Show>
        </section>
    }
}
