//! Rules as they are evaluated: what a file means once defaults and groups are laid over it.

use std::sync::Arc;
use std::time::Duration;

use venti_model::status::ConfigFault;

use crate::expression::Expression;
use crate::template::Text;

/// The groups of one file, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct RuleFile {
    /// Its path, as the schedule and the API name it.
    pub path: String,
    /// Which datasources its groups run on.
    pub selector: DatasourceSelector,
    /// Whether alerts always get the label `datasource`: files of the original do. Others get it
    /// when they run on more than one datasource.
    pub labels_datasource: bool,
    /// Its groups, without the rules that cannot be evaluated.
    pub groups: Vec<RuleGroup>,
    /// Errors, each of which costs one rule, one group or the file, and warnings, which cost
    /// nothing.
    pub faults: Vec<ConfigFault>,
}

/// `datasourceSelector` of the original's files. What is absent selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatasourceSelector {
    /// `main` or `sub`.
    pub system: Option<System>,
    /// The type, in the word that the datasource configuration uses, such as `prometheus`.
    pub kind: Option<String>,
    /// The exact name.
    pub name: Option<String>,
}

/// The two values of `datasourceSelector.system`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// The main datasource of its type.
    Main,
    /// All others.
    Sub,
}

/// Rules that are evaluated one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroup {
    /// Its name, unique in its file.
    pub name: String,
    /// Time between two evaluations; absent: the configuration's.
    pub interval: Option<Duration>,
    /// How many alerts a rule may have, pending and firing; 0: any number.
    pub limit: usize,
    /// How far before the slot queries look; absent: the configuration's.
    pub query_offset: Option<Duration>,
    /// A fixed phase instead of the hash, from vmalert.
    pub eval_offset: Option<Duration>,
    /// The rules that can be evaluated, and recording rules, in file order.
    pub rules: Vec<Rule>,
}

/// A rule of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// Evaluated here.
    Alert(Arc<AlertRule>),
    /// Listed, and evaluated by whoever stores series.
    Recording(RecordingRule),
}

/// A rule that raises alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertRule {
    /// The value of the label `alertname`.
    pub name: String,
    /// What is asked.
    pub expression: Expression,
    /// How long a sample has to be there before the alert fires.
    pub hold: Duration,
    /// How long the alert goes on firing without a sample.
    pub keep_firing_for: Duration,
    /// Labels of file, group and rule, laid over each other, ordered by name.
    pub labels: Vec<(String, Text)>,
    /// Annotations, ordered by name.
    pub annotations: Vec<(String, Text)>,
    /// How lines become samples, for an expression that selects lines.
    pub lines: LineOptions,
    /// The name of the datasource of `x-lethe`, instead of the file's selector.
    pub datasource: Option<String>,
    /// What happens while evaluation fails; absent: the configuration's.
    pub on_error: Option<OnError>,
    /// Names of receivers that get its alerts besides Alertmanager.
    pub notify: Vec<String>,
    /// Line and column, from 1, where it begins in its file.
    pub at: Option<(usize, usize)>,
}

/// How the lines of a log rule become samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOptions {
    /// How far back lines count; absent: [`crate::lines::default_window`].
    pub window: Option<Duration>,
    /// How many lines it takes.
    pub min_lines: u64,
    /// Fields of lines that tell alerts apart.
    pub group_by: Vec<String>,
}

impl Default for LineOptions {
    fn default() -> Self {
        Self {
            window: None,
            min_lines: 1,
            group_by: Vec::new(),
        }
    }
}

/// What happens to firing alerts while their rule cannot be evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// They are sent on for a while, so that Alertmanager does not announce an end that nobody
    /// saw.
    #[default]
    Hold,
    /// Nothing is sent, as Prometheus does.
    Prometheus,
}

/// A rule that computes a series.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingRule {
    /// The name of the series.
    pub name: String,
    /// What is computed.
    pub expression: String,
    /// Labels of the series, ordered by name.
    pub labels: Vec<(String, String)>,
    /// Line and column, from 1, where it begins in its file.
    pub at: Option<(usize, usize)>,
}

impl RuleGroup {
    /// The rules that raise alerts, in file order.
    pub fn alerts(&self) -> impl Iterator<Item = &Arc<AlertRule>> {
        self.rules.iter().filter_map(|it| match it {
            Rule::Alert(rule) => Some(rule),
            Rule::Recording(_) => None,
        })
    }
}

impl AlertRule {
    /// Whether states of `other` can be taken over: name and labels decide, as in Prometheus.
    pub fn is_continuation_of(&self, other: &AlertRule) -> bool {
        self.name == other.name && self.labels == other.labels
    }
}
