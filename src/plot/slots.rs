//! Which palette slot a series has: the same on every refresh, and, where that is possible, the
//! same for equal names on all panels of a page.

use std::collections::{HashMap, HashSet};

/// The slots that names got first, on any panel of the page.
#[derive(Debug, Default)]
pub(crate) struct SlotBook {
    by_name: HashMap<String, usize>,
}

/// The slots that the names of one panel have; they never change while the panel lives.
#[derive(Debug, Default)]
pub(crate) struct PanelSlots {
    by_name: HashMap<String, usize>,
    taken: HashSet<usize>,
}

impl SlotBook {
    /// The slot of each name, in order.
    ///
    /// A name keeps what it has on this panel. A new one takes the slot it has elsewhere, if
    /// that is free here, else the lowest free one; so a panel of few series never shows the
    /// dashed lines of the ninth series and up just because other panels have many.
    pub(crate) fn assign<'a>(
        &mut self,
        panel: &mut PanelSlots,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Vec<usize> {
        let mut slots = Vec::new();
        for name in names {
            if let Some(slot) = panel.by_name.get(name) {
                slots.push(*slot);
                continue;
            }
            let known = self
                .by_name
                .get(name)
                .copied()
                .filter(|it| !panel.taken.contains(it));
            let slot = known.unwrap_or_else(|| {
                (0..)
                    .find(|it| !panel.taken.contains(it))
                    .unwrap_or_default()
            });
            panel.taken.insert(slot);
            panel.by_name.insert(name.to_owned(), slot);
            self.by_name.entry(name.to_owned()).or_insert(slot);
            slots.push(slot);
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_recolours_nothing() {
        let (mut book, mut panel) = (SlotBook::default(), PanelSlots::default());
        assert_eq!(book.assign(&mut panel, ["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(book.assign(&mut panel, ["c", "new", "a"]), [2, 3, 0]);
    }

    #[test]
    fn equal_names_agree_over_panels_where_they_can() {
        let (mut book, mut cpu) = (SlotBook::default(), PanelSlots::default());
        let mut memory = PanelSlots::default();
        book.assign(&mut cpu, ["n1", "n2", "n3"]);
        assert_eq!(book.assign(&mut memory, ["n3", "n1", "other"]), [2, 0, 1]);
        let mut third = PanelSlots::default();
        assert_eq!(book.assign(&mut third, ["other", "n2"]), [1, 0]);
    }
}
