//! Alerting: rules are evaluated on their slots, states are kept, and what is due is handed over.
//!
//! What a rule means is decided in `venti_alert`, which knows no clock and no network. Here are
//! both: [`store`] keeps states over a restart, [`notice`] is what goes to whoever sends.

pub mod notice;
pub mod store;

pub use notice::{Notice, Notifier, RuleOrigin};
pub use store::{Store, StoreError};
