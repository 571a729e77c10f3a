//! A start that knows no states: what is there now may have been there for long.

use super::active::AlertState;
use super::state::RuleState;

impl RuleState {
    /// Takes over what a replay of the past knows: since when alerts are pending, and which go on
    /// firing without a sample. `past` went through the slots up to the first one of this state,
    /// and that one too; what came up later is news, and stays so.
    pub fn adopt_past(&mut self, past: &RuleState) {
        let Some(first) = past.last_evaluation() else {
            return;
        };
        for (print, before) in &past.alerts {
            match self.alerts.get_mut(print) {
                Some(now) if now.state == AlertState::Pending && now.active_at == first => {
                    now.active_at = before.active_at;
                }
                None if before.keep_firing_since.is_some() => {
                    self.alerts.insert(*print, before.clone());
                }
                _ => {}
            }
        }
    }
}
