//! The palette slots of one panel, tied to those of its page.

use leptos::prelude::*;

use super::slots::{PanelSlots, SlotBook};

/// Hands out palette slots to a panel's names; the page around it provides its [`PageSlots`].
#[derive(Clone, Copy)]
pub(crate) struct SeriesSlots {
    page: PageSlots,
    panel: StoredValue<PanelSlots>,
}

/// The slots of all names on a page.
#[derive(Clone, Copy)]
pub(crate) struct PageSlots(StoredValue<SlotBook>);

impl PageSlots {
    /// One for each page.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(SlotBook::default()))
    }
}

impl SeriesSlots {
    /// For one panel of the page around it.
    pub(crate) fn new() -> Self {
        Self {
            page: expect_context(),
            panel: StoredValue::new(PanelSlots::default()),
        }
    }

    /// The slot of each name, in order.
    pub(crate) fn assign(&self, names: &[&str]) -> Vec<usize> {
        let names = names.iter().copied();
        // Without a page to remember for, an answer that still arrives takes what comes.
        let assigned = self.page.0.try_update_value(|book| {
            self.panel
                .try_update_value(|panel| book.assign(panel, names.clone()))
        });
        assigned
            .flatten()
            .unwrap_or_else(|| (0..names.len()).collect())
    }

    /// Forgets the panel's names, for a panel that now shows something else.
    pub(crate) fn forget(&self) {
        self.panel.try_set_value(PanelSlots::default());
    }
}
