//! `alerting.yml`: when rules are evaluated and who is told, as it is written.
//!
//! Keys of the original and of Prometheus are understood, and ours beside them. Types are strict:
//! an unknown key is a fault. Secrets are never written here: they are named by a file or an
//! environment variable, and whoever sends reads them there.

mod alertmanager;
mod receiver;
mod secret;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::labels::Labels;

use venti_yaml::FileDuration;

use crate::relabel::Relabel;
use crate::rule::OnError;

pub use alertmanager::{
    AlertmanagerConfig, ApiVersion, Authorization, BasicAuth, HttpHeader, Scheme, StaticConfig,
    TlsConfig,
};
pub use receiver::{
    LogsInMessages, MatchPattern, Pattern, Receiver, Resolve, SlackConfig, WebhookConfig,
    WebhookUrl,
};
pub use secret::SecretRef;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertingFile {
    /// Evaluation and receivers.
    pub alerting: Alerting,
    /// Patterns of rule files in place of the folder `alertrules`, relative to the configuration
    /// directory.
    pub rule_files: Option<Vec<String>>,
    /// Where states are kept over a restart.
    pub state_dir: Option<String>,
}

/// The block `alerting`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alerting {
    /// Time between two evaluations of a group that does not say its own; absent: one minute.
    pub evaluation_interval: Option<FileDuration>,
    /// The least time between two messages about one alert; absent: one minute.
    pub resend_delay: Option<FileDuration>,
    /// How far before their slot queries look; absent: not at all.
    pub query_offset: Option<FileDuration>,
    /// What happens while a rule cannot be evaluated.
    pub on_error: OnError,
    /// For how long firing alerts are held then; absent: one hour.
    pub hold_max: Option<FileDuration>,
    /// Where people find this server: the base of links in messages.
    pub external_url: Option<String>,
    /// Labels that are added to every alert that has none of that name.
    #[serde(alias = "globalLabels")]
    pub external_labels: BTreeMap<String, String>,
    /// Changes to alerts on their way out.
    pub alert_relabel_configs: Vec<Relabel>,
    /// Alertmanagers, each of which gets every alert.
    pub alertmanagers: Vec<Spanned<AlertmanagerConfig>>,
    /// Receivers that are told directly.
    pub receivers: Vec<Receiver>,
    /// Whether alerts carry log lines to Alertmanagers, in annotations of their own; absent: yes.
    pub logs_in_annotations: Option<bool>,
    /// Texts that are blacked out in all that leaves with log lines, for every receiver.
    pub redact: Vec<Pattern>,
    /// Whether alerts of a rule that was removed are ended at once; absent: yes.
    pub resolve_removed: Option<bool>,
}

impl Alerting {
    /// The external labels as a label set.
    pub fn external_label_set(&self) -> Labels {
        self.external_labels.iter().collect()
    }
}

#[cfg(test)]
mod tests;
