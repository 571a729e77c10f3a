//! The view in the URL: every query parameter that pages keep there, read and written.
//!
//! The URL is the store, not a copy of one: reload, back and a shared link show the same view.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::params::ParamsMap;

use crate::route::{Route, with_params};

/// Parameters that follow the user from page to page.
const KEPT_ON_NAVIGATION: [&str; 6] = ["from", "to", "refresh", "namespace", "node", "table"];

/// Whether a change can be undone with the browser's "back".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum History {
    /// A step of its own.
    Push,
    /// Part of the current step.
    Replace,
}

/// The router's way to another URL.
type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

/// Access to the URL's query parameters.
#[derive(Clone, Copy)]
pub(crate) struct ViewParams {
    params: Memo<ParamsMap>,
    path: Memo<String>,
    base: StoredValue<String>,
    navigate: StoredValue<Navigate, LocalStorage>,
}

impl ViewParams {
    /// For use below the router, in a page that lives below `base`: a path without a slash at
    /// its end.
    pub(crate) fn new(base: String) -> Self {
        let location = use_location();
        Self {
            params: location.query,
            path: location.pathname,
            base: StoredValue::new(base),
            navigate: StoredValue::new_local(Box::new(use_navigate())),
        }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// A parameter, when it is there.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.params.with(|it| it.get(name))
    }

    /// Sets parameters, or removes those given as `None`, and stays on the page.
    pub(crate) fn set(&self, changes: &[(&str, Option<String>)], history: History) {
        let present = self.params.get_untracked().into_iter();
        let present = present.map(|(name, value)| (name.into_owned(), value));
        let params = with_changes(present, changes);
        let pairs = params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        self.go(&with_params(&self.path.get_untracked(), pairs), history);
    }

    /// The URL of another page with what is kept of this view, and with `more` parameters.
    pub(crate) fn link(&self, route: &Route, more: &[(&str, &str)]) -> String {
        let kept: Vec<_> = KEPT_ON_NAVIGATION
            .iter()
            .filter_map(|name| self.get(name).map(|value| (*name, value)))
            .collect();
        let kept = kept.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = more.iter().copied().chain(kept).collect();
        self.base
            .with_value(|base| format!("{base}{}", route.href(&all)))
    }

    /// Goes to a URL of the app.
    pub(crate) fn go(&self, url: &str, history: History) {
        let options = NavigateOptions {
            // It is complete: the base path stands in front already.
            resolve: false,
            replace: history == History::Replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        self.navigate.with_value(|navigate| navigate(url, options));
    }
}

/// Parameters after changes: those given as `None` are gone, those changed come last.
fn with_changes(
    params: impl Iterator<Item = (String, String)>,
    changes: &[(&str, Option<String>)],
) -> Vec<(String, String)> {
    let is_kept = |(name, _): &(String, String)| changes.iter().all(|(it, _)| it != name);
    let set = changes
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
    params.filter(is_kept).chain(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_touch_only_what_they_name() {
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
            pairs.iter().map(owned).collect()
        };
        let before = pairs(&[
            ("from", "now-1h"),
            ("node", "a"),
            ("mine", "1"),
            ("mine", "2"),
        ]);
        let changes = [
            ("node", None),
            ("from", Some("now-5m".to_owned())),
            ("to", Some("now".to_owned())),
            ("table", None),
        ];
        assert_eq!(
            with_changes(before.into_iter(), &changes),
            pairs(&[
                ("mine", "1"),
                ("mine", "2"),
                ("from", "now-5m"),
                ("to", "now")
            ])
        );
    }
}
