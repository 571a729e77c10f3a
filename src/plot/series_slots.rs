//! The palette slots of one panel, kept while the panel lives.

use leptos::prelude::*;
use venti_panel::PanelSlots;

/// Hands out palette slots to a panel's names.
#[derive(Clone, Copy)]
pub(crate) struct SeriesSlots(StoredValue<PanelSlots>);

impl SeriesSlots {
    /// For one panel.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(PanelSlots::default()))
    }

    /// The slot of each name, in order.
    pub(crate) fn assign(&self, names: &[&str]) -> Vec<usize> {
        let assigned = self.0.try_update_value(|panel| panel.assign(names));
        // Without a panel to remember for, an answer that still arrives takes what comes.
        assigned.unwrap_or_else(|| PanelSlots::default().assign(names))
    }

    /// Forgets the names, for a panel that now shows something else.
    pub(crate) fn forget(&self) {
        self.0.try_set_value(PanelSlots::default());
    }
}
