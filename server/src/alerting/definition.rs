//! What the files and the datasources make of rule groups at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use venti_alert::engine::failing_rule;
use venti_alert::rule::{AlertRule, DatasourceSelector, Rule, RuleFile, RuleGroup, System};
use venti_alert::schedule::Schedule;
use venti_model::api::alerts::BUILT_IN_FILE;
use venti_model::api::datasources::Datasource as Info;
use venti_model::status::{ConfigFault, Severity};

use super::RuleOrigin;
use crate::live::Live;

/// Prometheus' default.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

/// The file and group of the rule that watches the rules.
const BUILT_IN: (&str, &str) = (BUILT_IN_FILE, "venti");

/// Which group: file and name.
pub(super) type GroupKey = (String, String);

/// A group of rules, each with the datasources that it asks. Equal ones go on untouched.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) file: String,
    pub(super) group: Arc<RuleGroup>,
    pub(super) interval: Duration,
    pub(super) query_offset: Duration,
    /// Ordered by rule, and for each rule by the name of the datasource.
    pub(super) placed: Vec<Placed>,
    /// Why rules ask no datasource, by their position.
    pub(super) unplaced: BTreeMap<usize, String>,
    /// Whether the group stands in no file any more, and only its ends are to be told.
    pub(super) is_removed: bool,
}

/// A rule on one datasource.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) rule: Arc<AlertRule>,
    pub(super) origin: Arc<RuleOrigin>,
    /// Which of the group's alerting rules it is.
    pub(super) position: usize,
    /// By its name; nothing for the rule that watches the rules.
    pub(super) datasource: Option<Arc<str>>,
    pub(super) labels_datasource: bool,
}

impl AsRef<AlertRule> for Placed {
    fn as_ref(&self) -> &AlertRule {
        &self.rule
    }
}

impl Placed {
    pub(super) fn datasource_name(&self) -> &str {
        self.datasource.as_deref().unwrap_or_default()
    }
}

impl Definition {
    pub(super) fn key(&self) -> GroupKey {
        (self.file.clone(), self.group.name.clone())
    }

    /// A group that only tells what ended.
    pub(super) fn removed(file: &str, name: &str, interval: Duration) -> Self {
        let group = RuleGroup {
            name: name.to_owned(),
            interval: None,
            limit: 0,
            query_offset: None,
            eval_offset: None,
            rules: Vec::new(),
        };
        Self {
            file: file.to_owned(),
            group: Arc::new(group),
            interval,
            query_offset: Duration::ZERO,
            placed: Vec::new(),
            unplaced: BTreeMap::new(),
            is_removed: true,
        }
    }

    pub(super) fn schedule(&self) -> Schedule {
        match self.group.eval_offset {
            Some(offset) => Schedule::at_offset(self.interval, offset),
            None => Schedule::new(&self.file, &self.group.name, self.interval),
        }
    }
}

/// The interval of groups that say none.
pub(super) fn default_interval(live: &Live) -> Duration {
    let written = live.config.alerting.alerting.evaluation_interval;
    written.map_or(DEFAULT_INTERVAL, |it| it.0)
}

/// How far before its slots a group's queries look.
pub(super) fn query_offset(live: &Live, group: &RuleGroup) -> Duration {
    let written = live.config.alerting.alerting.query_offset;
    let default = written.map_or(Duration::ZERO, |it| it.0);
    group.query_offset.unwrap_or(default)
}

/// All groups, ordered by file and then as they stand in it, and last the one that watches them.
pub(super) fn definitions(live: &Live) -> Vec<Definition> {
    let interval = default_interval(live);
    let infos: Vec<&Info> = live.datasources.iter().map(|it| &it.info).collect();
    let mut definitions = Vec::new();
    for file in &live.config.rules {
        for group in &file.groups {
            definitions.push(Definition {
                file: file.path.clone(),
                group: Arc::new(group.clone()),
                interval: group.interval.unwrap_or(interval),
                query_offset: query_offset(live, group),
                placed: placed(file, group, &infos),
                unplaced: unplaced(file, group, &infos),
                is_removed: false,
            });
        }
    }
    if !definitions.is_empty() {
        definitions.push(built_in(interval));
    }
    definitions
}

fn placed(file: &RuleFile, group: &RuleGroup, infos: &[&Info]) -> Vec<Placed> {
    let mut placed = Vec::new();
    for (position, rule) in group.alerts().enumerate() {
        let selected = infos.iter().copied();
        let mut selected: Vec<&Info> = selected
            .filter(|it| is_selected(&file.selector, rule, it))
            .collect();
        selected.sort_by(|a, b| a.name.cmp(&b.name));
        selected.dedup_by(|a, b| a.name == b.name);
        let labels_datasource = file.labels_datasource || selected.len() > 1;
        let rule = rule.clone();
        let origin = Arc::new(origin(&file.path, &group.name, &rule));
        placed.extend(selected.iter().map(|it| Placed {
            rule: rule.clone(),
            origin: origin.clone(),
            position,
            datasource: Some(it.name.as_str().into()),
            labels_datasource,
        }));
    }
    placed
}

/// The rules that no datasource is selected for, and why.
fn unplaced(file: &RuleFile, group: &RuleGroup, infos: &[&Info]) -> BTreeMap<usize, String> {
    let why = |(position, rule): (usize, &Arc<AlertRule>)| {
        let mut infos = infos.iter();
        if infos.any(|it| is_selected(&file.selector, rule, it)) {
            return None;
        }
        let kind = rule.expression.language.datasource_type();
        let reason = match &rule.datasource {
            Some(name) => format!("there is no datasource `{name}` of the type `{kind}`"),
            None if file.selector == DatasourceSelector::default() => {
                format!("there is no datasource of the type `{kind}`")
            }
            None => format!("`datasourceSelector` selects no datasource of the type `{kind}`"),
        };
        Some((position, format!("{reason}: the rule is not evaluated")))
    };
    group.alerts().enumerate().filter_map(why).collect()
}

/// Warnings about rules that none of these datasources is selected for.
pub(crate) fn unplaced_rules(files: &[RuleFile], infos: &[Info]) -> Vec<ConfigFault> {
    let infos: Vec<&Info> = infos.iter().collect();
    let reasons = files.iter().flat_map(|file| {
        let groups = file.groups.iter();
        let reasons = groups.flat_map(|it| unplaced(file, it, &infos).into_values());
        reasons
            .map(|it| (file.path.clone(), it))
            .collect::<Vec<_>>()
    });
    warnings(reasons)
}

/// One warning for each reason in each file.
pub(super) fn warnings(unplaced: impl Iterator<Item = (String, String)>) -> Vec<ConfigFault> {
    let mut rules: BTreeMap<(String, String), usize> = BTreeMap::new();
    for place in unplaced {
        *rules.entry(place).or_default() += 1;
    }
    let warning = |((file, reason), rules): ((String, String), usize)| ConfigFault {
        severity: Severity::Warning,
        ..ConfigFault::of_file(file, format!("{rules} of its rules: {reason}"))
    };
    rules.into_iter().map(warning).collect()
}

pub(super) fn origin(file: &str, group: &str, rule: &AlertRule) -> RuleOrigin {
    RuleOrigin {
        file: file.to_owned(),
        group: group.to_owned(),
        name: rule.name.clone(),
        expression: rule.expression.text.clone(),
        language: rule.expression.language,
        query: annotation(rule, "logs_query").or_else(|| annotation(rule, "query")),
        notify: rule.notify.clone(),
    }
}

/// An annotation as written.
fn annotation(rule: &AlertRule, name: &str) -> Option<String> {
    let mut found = rule.annotations.iter().filter(|(it, _)| it == name);
    Some(found.next()?.1.source().to_owned())
}

/// Whether a rule asks a datasource: it must speak the rule's language, and be the one that the
/// rule names, or one that its file selects.
pub(super) fn is_selected(selector: &DatasourceSelector, rule: &AlertRule, info: &Info) -> bool {
    if info.kind.as_str() != rule.expression.language.datasource_type() {
        return false;
    }
    if let Some(name) = &rule.datasource {
        return info.name == *name;
    }
    let has_system = match selector.system {
        Some(System::Main) => info.is_main,
        Some(System::Sub) => !info.is_main,
        None => true,
    };
    let has_kind = selector
        .kind
        .as_ref()
        .is_none_or(|it| it == info.kind.as_str());
    let has_name = selector.name.as_ref().is_none_or(|it| *it == info.name);
    has_system && has_kind && has_name
}

fn built_in(interval: Duration) -> Definition {
    let (file, name) = BUILT_IN;
    let rule = Arc::new(failing_rule());
    let mut definition = Definition::removed(file, name, interval);
    definition.is_removed = false;
    definition.placed = vec![Placed {
        origin: Arc::new(origin(file, name, &rule)),
        rule: rule.clone(),
        position: 0,
        datasource: None,
        labels_datasource: false,
    }];
    definition.group = Arc::new(RuleGroup {
        eval_offset: Some(Duration::ZERO),
        rules: vec![Rule::Alert(rule)],
        ..(*definition.group).clone()
    });
    definition
}
