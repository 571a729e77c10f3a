//! What surrounds the groups: datasources, settings, and each other. It is made anew for each
//! configuration, and a group takes the present one for each evaluation.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use venti_alert::Timestamp;
use venti_alert::config::Alerting as Settings;
use venti_alert::engine::{Context, FailingGroup, Health, Sample, failing_samples};
use venti_alert::relabel::Relabel;
use venti_model::labels::Labels;
use venti_model::status::Severity;
use venti_template::Queries;

use super::ask::Asker;
use super::definition::{Definition, GroupKey, Placed};
use super::group::Group;
use crate::live::Live;

/// All groups that run, by file and name; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups(Arc<RwLock<BTreeMap<GroupKey, Arc<Group>>>>);

/// What groups see besides themselves.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) live: Arc<Live>,
    pub(super) groups: Groups,
    asker: Arc<Asker>,
    external_labels: Labels,
    external_url: String,
}

impl Groups {
    pub(super) fn get(&self, key: &GroupKey) -> Option<Arc<Group>> {
        let groups = self.0.read().unwrap_or_else(PoisonError::into_inner);
        groups.get(key).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<Group>> {
        let groups = self.0.read().unwrap_or_else(PoisonError::into_inner);
        groups.values().cloned().collect()
    }

    pub(super) fn insert(&self, key: GroupKey, group: Arc<Group>) {
        let mut groups = self.0.write().unwrap_or_else(PoisonError::into_inner);
        groups.insert(key, group);
    }

    pub(super) fn remove(&self, key: &GroupKey) {
        let mut groups = self.0.write().unwrap_or_else(PoisonError::into_inner);
        groups.remove(key);
    }
}

impl World {
    /// `own_url` is where this server listens, for links when the configuration names no other.
    pub(super) fn new(live: Arc<Live>, groups: Groups, asker: Arc<Asker>, own_url: &str) -> Self {
        let settings = &live.config.alerting.alerting;
        let external_url = settings.external_url.as_deref().unwrap_or(own_url);
        Self {
            external_labels: settings.external_label_set(),
            external_url: external_url.trim_end_matches('/').to_owned(),
            live,
            groups,
            asker,
        }
    }

    pub(super) fn alerting(&self) -> &Settings {
        &self.live.config.alerting.alerting
    }

    /// Whether rules that are gone from a file have their alerts told as ended. Not so when the
    /// server began with a file that has errors: then nobody knows whether they are meant to go.
    pub(super) fn tells_ends_of(&self, file: &str) -> bool {
        let mut faults = self.live.config.faults.iter();
        let is_broken = faults.any(|it| it.file == file && it.severity == Severity::Error);
        !is_broken && self.alerting().resolve_removed.unwrap_or(true)
    }

    pub(super) fn relabel(&self) -> &[Relabel] {
        &self.alerting().alert_relabel_configs
    }

    pub(super) fn external_labels(&self) -> &Labels {
        &self.external_labels
    }

    pub(super) fn asker(&self) -> &Asker {
        &self.asker
    }

    pub(super) fn context<'a>(
        &'a self,
        placed: &'a Placed,
        definition: &Definition,
        queries: &'a Queries,
    ) -> Context<'a> {
        Context {
            datasource: placed.datasource_name(),
            labels_datasource: placed.labels_datasource,
            external_labels: &self.external_labels,
            external_url: &self.external_url,
            queries,
            limit: definition.group.limit,
        }
    }

    /// What a rule's expression answers for a slot.
    pub(super) async fn samples(
        &self,
        placed: &Placed,
        definition: &Definition,
        slot: Timestamp,
    ) -> Result<Vec<Sample>, String> {
        let Some(datasource) = &placed.datasource else {
            return Ok(self.failing());
        };
        let (interval, at) = (definition.interval, slot.minus(definition.query_offset));
        let datasources = &self.live.datasources;
        let samples = self
            .asker
            .samples(datasources, datasource, &placed.rule, interval, at);
        samples.await
    }

    /// The answer to a query of a template. It is PromQL, which a database of logs does not
    /// speak.
    pub(super) async fn template_query(
        &self,
        placed: &Placed,
        query: &str,
        at: Timestamp,
    ) -> Result<Vec<venti_template::Sample>, String> {
        let name = placed.datasource_name();
        let answer = self.asker.vector(&self.live.datasources, name, query, at);
        let sample = |it: venti_model::answer::Sample| venti_template::Sample {
            labels: it.labels,
            value: it.value,
        };
        Ok(answer.await?.into_iter().map(sample).collect())
    }

    /// One sample for each group that cannot be evaluated on a datasource.
    fn failing(&self) -> Vec<Sample> {
        let mut failing: BTreeMap<(String, String), usize> = BTreeMap::new();
        for group in self.groups.all() {
            let running = group.look();
            for instance in &running.instances {
                if matches!(instance.state.health(), Health::Err(_)) {
                    let name = running.definition.group.name.clone();
                    let datasource = instance.placed.datasource_name().to_owned();
                    *failing.entry((name, datasource)).or_default() += 1;
                }
            }
        }
        let failing: Vec<FailingGroup<'_>> = failing
            .iter()
            .map(|((group, datasource), rules)| FailingGroup {
                group,
                datasource,
                rules: *rules,
            })
            .collect();
        failing_samples(&failing)
    }
}
