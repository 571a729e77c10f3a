//! What evaluation hands over to whoever tells people: the port between both.
//!
//! At the end of each evaluation of a group, whoever evaluates takes the alerts that are due and
//! calls the [`Notifier`] twice: [`Notifier::keep`] inside the transaction in which the states
//! are written, so that an alert that counts as sent is in the queue on disk as well; and once
//! that is committed, [`Notifier::notify`]. Without a store there is only the second call.
//!
//! After a restart the notifier finds in its own tables what it had not delivered. It never asks
//! back: how often an alert is sent anew is decided before it gets here.

use std::fmt;
use std::sync::Arc;

use redb::WriteTransaction;
use venti_alert::engine::{AlertState, Evidence};
use venti_alert::expression::Language;
use venti_alert::message::PostableAlert;
use venti_alert::{Fingerprint, Timestamp};
use venti_model::labels::Labels;

/// One alert of which people are to be told, now.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The message as Alertmanager takes it: with external labels, after `alert_relabel_configs`
    /// of the whole file, annotations rendered.
    pub message: PostableAlert,
    /// The identity of the alert by its own labels, before anything was added on the way out.
    pub fingerprint: Fingerprint,
    /// Its own labels.
    pub labels: Labels,
    /// [`AlertState::Firing`], or [`AlertState::Inactive`] once it has ended; never pending.
    pub state: AlertState,
    /// The slot of the evaluation that found it due.
    pub at: Timestamp,
    /// When its sample came up.
    pub active_at: Timestamp,
    /// When it began to fire.
    pub fired_at: Timestamp,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// The value that it was last seen with.
    pub value: f64,
    /// The native histogram that it was last seen with, as text; then it is the value.
    pub histogram: Option<Box<str>>,
    /// The lines that it was last seen with, of a rule over lines; the newest first.
    pub lines: Option<Box<Evidence>>,
    /// The name of the datasource that it was found in; empty for what the server found itself.
    pub datasource: String,
    /// The rule that raised it.
    pub rule: Arc<RuleOrigin>,
    /// Whether it was made by somebody who wanted to see whether messages arrive.
    pub is_test: bool,
}

/// The rule behind a [`Notice`].
#[derive(Clone, Debug, PartialEq)]
pub struct RuleOrigin {
    /// Its file, as the API names it.
    pub file: String,
    /// Its group.
    pub group: String,
    /// Its name, which is the label `alertname`.
    pub name: String,
    /// What it asks, as written.
    pub expression: String,
    /// The language of that.
    pub language: Language,
    /// Its annotation `logs_query`, or else `query`, as written: a template of what is looked up
    /// for messages. Values are put in where it is asked, so that they cannot change it.
    pub query: Option<String>,
    /// The receivers that it names in `x-lethe.notify`.
    pub notify: Vec<String>,
}

/// Tells people. It is called from the tasks that evaluate, so neither method waits for a
/// receiver.
pub trait Notifier: fmt::Debug + Send + Sync {
    /// Keeps notices on disk, in tables of its own, as part of a transaction, and with them what
    /// an earlier transaction lost. There may be no notices. An error costs the durability of
    /// these notices, not their delivery.
    fn keep(&self, notices: &[Notice], transaction: &WriteTransaction) -> Result<(), redb::Error>;

    /// Queues notices for delivery. Those of one call belong to one evaluation of one group.
    fn notify(&self, notices: Vec<Notice>);
}
