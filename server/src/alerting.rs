//! Alerting: rules are evaluated on their slots, states are kept, and what is due is handed over.
//!
//! What a rule means is decided in `venti_alert`, which knows no clock and no network. Here are
//! both. `definition` says which rules ask which datasources, `manager` runs each `group`
//! in a task of its own, and hands what an evaluation changed (its `round`) to the [`store`] (as `saved`
//! states and `history`) and what is due to the [`Notifier`] behind the port in [`notice`].
//! `ask` is the way to datasources, `world` what groups see besides themselves, `time` the
//! clock. `listing` and `exposition` show all that to readers, `backtest` what a rule would
//! have done. `past` asks what a rule saw before, for that and for `warm`, a start that finds no
//! states.

mod ask;
mod backtest;
mod definition;
mod exposition;
mod group;
mod history;
mod listing;
mod manager;
pub mod notice;
mod past;
mod round;
mod saved;
pub mod store;
mod time;
mod warm;
mod world;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tokio::sync::watch;

use crate::App;
use world::{Groups, World};

pub(crate) use ask::Asker;
pub(crate) use backtest::{BacktestError, BacktestQuestion, TestedRule};
pub(crate) use definition::unplaced_rules;
pub(crate) use listing::Filter;
pub use manager::run;
pub use notice::{Notice, Notifier, RuleOrigin};
pub use store::{Store, StoreError};
pub use time::{Moment, Time};

/// The rules that run and their alerts, for readers.
#[derive(Debug, Default)]
pub(crate) struct Alerting {
    groups: Groups,
    running: OnceLock<Running>,
}

/// What is known once evaluation has begun.
#[derive(Debug)]
struct Running {
    world: watch::Receiver<Arc<World>>,
    store: Option<Store>,
    notifier: Option<Arc<dyn Notifier>>,
}

impl Alerting {
    fn begin(
        &self,
        world: watch::Receiver<Arc<World>>,
        store: Option<Store>,
        notifier: Option<Arc<dyn Notifier>>,
    ) {
        let running = Running {
            world,
            store,
            notifier,
        };
        // A second evaluation of the same app would be one too many, and readers see the first.
        let _ = self.running.set(running);
    }

    fn world(&self) -> Option<Arc<World>> {
        Some(self.running.get()?.world.borrow().clone())
    }

    /// Whoever tells people, if there is anybody.
    pub(crate) fn notifier(&self) -> Option<&Arc<dyn Notifier>> {
        self.running.get()?.notifier.as_ref()
    }

    /// What is kept over a restart, if anything is.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.running.get()?.store.as_ref()
    }
}

/// Opens the store in the directory that `alerting.yml` names, else in the data directory. Why
/// there is none goes to the log: alerts are evaluated nevertheless.
pub fn open_store(app: &App) -> Option<Store> {
    let live = app.live();
    let named = live.config.alerting.state_dir.as_ref();
    let dir = named.map_or_else(|| app.data_dir(), PathBuf::from);
    Store::open(&dir)
        .inspect_err(|error| tracing::error!(%error, "a restart will begin all alerts anew"))
        .ok()
}
