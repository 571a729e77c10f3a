//! The pages that are files of their own: a dashboard shows without having loaded them.
//!
//! What only one function here reaches goes into its chunk, what several reach into shared
//! chunks, and all that the rest of the app needs stays in the main file.

use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

use crate::pages::{AlertsPage, DatasourcesPage, LoginPage, LogsPage, MetricsPage, StatusPage};
use crate::ui::Loaded;

#[wasm_split(alerts, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn alerts() -> Loaded<()> {
    Ok(|()| view! { <AlertsPage /> }.into_any())
}

#[wasm_split(datasources, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn datasources() -> Loaded<()> {
    Ok(|()| view! { <DatasourcesPage /> }.into_any())
}

#[wasm_split(login, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn login() -> Loaded<()> {
    Ok(|()| view! { <LoginPage /> }.into_any())
}

#[wasm_split(logs, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn logs() -> Loaded<()> {
    Ok(|()| view! { <LogsPage /> }.into_any())
}

#[wasm_split(metrics, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn metrics() -> Loaded<()> {
    Ok(|()| view! { <MetricsPage /> }.into_any())
}

#[wasm_split(status, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn status() -> Loaded<()> {
    Ok(|()| view! { <StatusPage /> }.into_any())
}
