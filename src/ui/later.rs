//! A view whose code the browser loads when it is first wanted.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use super::ErrorCard;

/// How a view is made of `A`, once its code has been loaded, or that it could not be.
pub(crate) type Loaded<A> = Result<fn(A) -> AnyView, SplitLoaderError>;

/// Loads the code and shows its view. Where that fails, the whole app has to be loaded again:
/// a server of another version has no part that fits the rest of it.
#[component]
pub(crate) fn Later<A, F>(
    /// The function that was split off.
    load: fn() -> F,
    /// What the view is made of.
    with: A,
    /// The CSS class of what stands in its place.
    class: &'static str,
) -> impl IntoView
where
    A: Clone + Send + Sync + 'static,
    F: Future<Output = Loaded<A>> + 'static,
{
    let loaded = RwSignal::new(None);
    spawn_local(async move {
        // The view may be gone by now, and its signal with it.
        loaded.try_set(Some(load().await.ok()));
    });
    move || match loaded.get() {
        Some(Some(view)) => view(with.clone()),
        Some(None) => view! {
            <div class=class>
                <ErrorCard
                    message="this part of Venti could not be loaded"
                    on_retry=move |()| {
                        // A browser that refuses shows why itself.
                        let _ = window().location().reload();
                    }
                />
            </div>
        }
        .into_any(),
        None => view! { <div class=class aria-busy="true"></div> }.into_any(),
    }
}
