//! Which palette slot a series has: the same on every refresh, after a reload, and nearly always
//! on every panel of a page.

use std::collections::HashMap;

/// Slots with a hue of their own; the rest repeat them with dashes.
const HUES: usize = 8;

/// The slots that the names of one panel have; they never change while the panel lives.
#[derive(Debug, Default)]
pub struct PanelSlots {
    by_name: HashMap<String, usize>,
    /// Which hues are taken.
    hues: [bool; HUES],
    /// How many slots behind the hues are taken: they are given away one after the other.
    repeated: usize,
}

impl PanelSlots {
    /// The slot of each name, in order.
    ///
    /// A name asks for the hue that its text hashes to, so panels agree without knowing of each
    /// other. Where that hue is taken it gets the next free slot: no two series of a panel look
    /// alike, and none is dashed before the hues are used up. Names choose in the order of the
    /// alphabet, so that a pie sorted by size and a chart of the same names agree.
    pub fn assign(&mut self, names: &[&str]) -> Vec<usize> {
        let mut alphabetical = names.to_vec();
        alphabetical.sort_unstable();
        for name in alphabetical {
            self.slot(name);
        }
        names.iter().map(|name| self.slot(name)).collect()
    }

    fn slot(&mut self, name: &str) -> usize {
        if let Some(slot) = self.by_name.get(name) {
            return *slot;
        }
        let wanted = hash(name) % HUES;
        let mut nearest = (0..HUES).map(|it| (wanted + it) % HUES);
        let slot = match nearest.find(|it| !self.hues[*it]) {
            Some(hue) => {
                self.hues[hue] = true;
                hue
            }
            None => {
                self.repeated += 1;
                HUES + self.repeated - 1
            }
        };
        self.by_name.insert(name.to_owned(), slot);
        slot
    }
}

/// FNV-1a: the same on every machine and in every version.
fn hash(name: &str) -> usize {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = name.bytes().fold(0x811c_9dc5, mix);
    // The low bits of FNV depend on few bits of the text.
    (hash ^ (hash >> 15)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_recolours_nothing() {
        let mut panel = PanelSlots::default();
        let before = panel.assign(&["a", "b", "c"]);
        let after = panel.assign(&["c", "new", "a"]);
        assert_eq!((after[0], after[2]), (before[2], before[0]));
        assert!(!before.contains(&after[1]));
    }

    #[test]
    fn panels_agree_on_a_name_without_knowing_of_each_other() {
        let alone = PanelSlots::default().assign(&["node-1"]);
        assert_eq!(
            PanelSlots::default().assign(&["node-1", "node-2", "x"])[0],
            alone[0]
        );
        let mut by_size = PanelSlots::default().assign(&["user", "idle", "steal", "nice"]);
        by_size.reverse();
        let by_name = PanelSlots::default().assign(&["nice", "steal", "idle", "user"]);
        assert_eq!(by_size, by_name);
    }

    #[test]
    fn no_two_look_alike_and_hues_come_before_dashes() {
        let names: Vec<String> = (0..20).map(|it| format!("series {it}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let eight = PanelSlots::default().assign(&names[..8]);
        assert!(eight.iter().all(|it| *it < 8));
        let mut slots = PanelSlots::default().assign(&names);
        slots.sort_unstable();
        assert_eq!(slots, (0..20).collect::<Vec<_>>());
    }
}
