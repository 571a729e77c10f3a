//! Light, dark, or as the system has it; remembered by the browser.

use std::str::FromStr;

use leptos::prelude::*;

use crate::hooks::use_media_query;

const STORAGE_KEY: &str = "venti.theme";

/// What the user chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ThemeChoice {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl ThemeChoice {
    /// All of them, in the order offered.
    pub(crate) const ALL: [ThemeChoice; 3] =
        [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];

    /// The word that is stored and shown.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ThemeChoice::System => "system",
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
        }
    }
}

impl FromStr for ThemeChoice {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or(())
    }
}

/// The theme of the app.
#[derive(Clone, Copy)]
pub(crate) struct ThemeState {
    choice: RwSignal<ThemeChoice>,
    is_dark: Memo<bool>,
}

impl ThemeState {
    /// Reads the browser's memory and keeps the document's `data-theme` right.
    pub(crate) fn new() -> Self {
        let stored = storage().and_then(|it| it.get_item(STORAGE_KEY).ok().flatten());
        let choice = RwSignal::new(stored.and_then(|it| it.parse().ok()).unwrap_or_default());
        let system_is_dark = use_media_query("(prefers-color-scheme: dark)");
        let is_dark = Memo::new(move |_| match choice.get() {
            ThemeChoice::System => system_is_dark.get(),
            ThemeChoice::Light => false,
            ThemeChoice::Dark => true,
        });
        Effect::new(move |_| {
            if let Some(root) = document().document_element() {
                let theme = if is_dark.get() { "dark" } else { "light" };
                let _ = root.set_attribute("data-theme", theme);
            }
        });
        Self { choice, is_dark }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// What the user chose.
    pub(crate) fn choice(&self) -> ThemeChoice {
        self.choice.get()
    }

    /// Chooses, and remembers it where the browser lets us.
    pub(crate) fn choose(&self, choice: ThemeChoice) {
        self.choice.set(choice);
        if let Some(storage) = storage() {
            let _ = storage.set_item(STORAGE_KEY, choice.as_str());
        }
    }

    /// Whether dark colours show now.
    pub(crate) fn is_dark(&self) -> Signal<bool> {
        self.is_dark.into()
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_the_browsers_memory() {
        for choice in ThemeChoice::ALL {
            assert_eq!(choice.as_str().parse(), Ok(choice));
        }
        assert_eq!("Dark".parse::<ThemeChoice>(), Err(()));
        assert_eq!("".parse::<ThemeChoice>(), Err(()));
    }
}
