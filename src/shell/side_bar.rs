//! The side bar: dashboards, pages, and what is wrong with the configuration.

use leptos::prelude::*;
use leptos_router::components::A;
use venti_model::status::ConfigFault;

use super::fault_list::FaultList;
use super::theme_picker::ThemePicker;
use super::user_menu::UserMenu;
use crate::route::Route;
use crate::state::{AlertCountState, CatalogState, ViewParams};
use crate::ui::Icon;

/// Higher numbers of alerts have no room.
const MOST_FIRING: usize = 999;

/// On a narrow screen it lies over the page and opens by a button.
#[component]
pub(crate) fn SideBar() -> impl IntoView {
    let catalog = CatalogState::expect();
    let params = ViewParams::expect();
    let is_open = RwSignal::new(false);
    let dashboards = move || {
        let dashboards = catalog.dashboards().unwrap_or_default();
        dashboards
            .iter()
            .map(|dashboard| {
                let title = dashboard.title.clone();
                let route = Route::Dashboard(title.clone());
                view! {
                    <li>
                        <A href=move || params.link(&route, &[])>
                            <Icon name="dashboard" />
                            <span>{title}</span>
                        </A>
                    </li>
                }
            })
            .collect_view()
    };
    let faults = move || {
        let faults = catalog.faults();
        (!faults.is_empty()).then(|| view! { <Faults faults /> })
    };
    view! {
        <button
            type="button"
            class="icon-button side-bar-toggle"
            aria-label="Menu"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            on:click=move |_| is_open.update(|it| *it = !*it)
        >
            <Icon name="menu" />
        </button>
        <nav class="side-bar" class:open=move || is_open.get() aria-label="Pages">
            <A href=move || params.link(&Route::Home, &[]) attr:class="brand">
                <img src="logo.svg" alt="" width="24" height="24" />
                "Venti"
            </A>
            <ul on:click=move |_| is_open.set(false)>
                {dashboards}
                <li class="side-bar-gap">
                    <A href=move || params.link(&Route::Metrics, &[])>
                        <Icon name="metrics" />
                        <span>"Metrics"</span>
                    </A>
                </li>
                <li>
                    <A href=move || params.link(&Route::Logs, &[])>
                        <Icon name="logs" />
                        <span>"Logs"</span>
                    </A>
                </li>
                <li>
                    <A href=move || params.link(&Route::Alerts, &[])>
                        <Icon name="alerts" />
                        <span>"Alerts"</span>
                        <FiringCount />
                    </A>
                </li>
                <li class="side-bar-gap">
                    <A href=move || params.link(&Route::Datasources, &[])>
                        <Icon name="datasource" />
                        <span>"Datasources"</span>
                    </A>
                </li>
                <li>
                    <A href=move || params.link(&Route::Status, &[])>
                        <Icon name="status" />
                        <span>"Status"</span>
                    </A>
                </li>
            </ul>
            {faults}
            <div class="side-bar-foot">
                <UserMenu />
                <ThemePicker />
            </div>
        </nav>
    }
}

/// How many alerts fire; nothing where none does.
#[component]
fn FiringCount() -> impl IntoView {
    let count = AlertCountState::expect();
    move || {
        let firing = count.firing();
        let short = if firing > MOST_FIRING {
            format!("{MOST_FIRING}+")
        } else {
            firing.to_string()
        };
        (firing > 0).then(|| {
            view! {
                <span class="firing-count">
                    {short} <span class="visually-hidden">" firing"</span>
                </span>
            }
        })
    }
}

/// Files that could not be used; all else works without them.
#[component]
fn Faults(faults: Vec<ConfigFault>) -> impl IntoView {
    let title = match faults.len() {
        1 => "1 configuration fault".to_owned(),
        n => format!("{n} configuration faults"),
    };
    view! {
        <details class="faults">
            <summary>
                <Icon name="error" />
                <span>{title}</span>
            </summary>
            <FaultList faults />
        </details>
    }
}
