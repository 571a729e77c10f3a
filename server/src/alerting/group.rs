//! One group of rules as it runs: the states of its alerts, and one evaluation after the other.
//!
//! The group's own task alone changes it; everybody else looks at it under its lock, which nobody
//! holds while waiting for a datasource.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::future::join_all;
use tokio::sync::watch;
use venti_alert::engine::{self, AlertState, Health, Outcome, RuleState, Sample};
use venti_alert::listing::Timing;
use venti_alert::{Fingerprint, Timestamp};

use super::definition::{Definition, GroupKey, Placed};
use super::history::Event;
use super::round::{Round, loop_queries, notices, resend};
use super::saved::SavedGroup;
use super::world::World;

/// A rule on one datasource with its alerts.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) placed: Placed,
    pub(super) state: RuleState,
}

/// A group that runs.
#[derive(Debug)]
pub(super) struct Group {
    /// What it is to be from its next evaluation on.
    pub(super) wanted: watch::Sender<Arc<Definition>>,
    running: Mutex<Running>,
}

/// What a group is at a moment.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) definition: Arc<Definition>,
    /// Ordered as in the definition.
    pub(super) instances: Vec<Instance>,
    /// Rules that are gone and whose ends are still told.
    pub(super) retired: Vec<Instance>,
    /// The last evaluation of each rule, by its position.
    pub(super) timings: BTreeMap<usize, Timing>,
    /// The last evaluation of the whole group.
    pub(super) timing: Timing,
    pub(super) evaluations: u64,
    pub(super) failures: u64,
    pub(super) missed: u64,
    /// How many writes of the store had failed when the states were last written, or unchanged;
    /// nothing when they changed beside an evaluation.
    saved_after: Option<u64>,
}

impl Group {
    /// A group with the alerts that it had before.
    pub(super) fn new(definition: Arc<Definition>, before: Vec<Instance>) -> Self {
        let running = Running {
            definition: definition.clone(),
            instances: before,
            retired: Vec::new(),
            timings: BTreeMap::new(),
            timing: Timing::default(),
            evaluations: 0,
            failures: 0,
            missed: 0,
            saved_after: Some(0),
        };
        Self {
            wanted: watch::Sender::new(definition),
            running: Mutex::new(running),
        }
    }

    /// What it is now. Not to be held while something is waited for.
    pub(super) fn look(&self) -> MutexGuard<'_, Running> {
        // Every change is whole before anything could panic.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Becomes another definition at a time: alerts are taken over, those of rules that are gone
    /// end. Where `resolves` is not set they are forgotten instead.
    pub(super) fn turn_into(
        &self,
        definition: Arc<Definition>,
        at: Timestamp,
        resolves: bool,
    ) -> Round {
        let mut round = Round::default();
        let mut running = self.look();
        let running = &mut *running;
        round.is_changed = running.instances.iter().any(|it| !it.state.is_empty());
        let mut old: BTreeMap<String, Vec<engine::Instance<Placed>>> = BTreeMap::new();
        for it in running.instances.drain(..) {
            let name = it.placed.datasource_name().to_owned();
            let instance = engine::Instance {
                rule: it.placed,
                state: it.state,
            };
            old.entry(name).or_default().push(instance);
        }
        let mut new: BTreeMap<&str, Vec<Placed>> = BTreeMap::new();
        for it in &definition.placed {
            new.entry(it.datasource_name())
                .or_default()
                .push(it.clone());
        }
        let mut removed = Vec::new();
        for (datasource, placed) in new {
            let before = old.remove(datasource).unwrap_or_default();
            let carried = engine::carry_over(before, &placed);
            let continued = placed.into_iter().zip(carried.states);
            let continued = continued.map(|(placed, state)| Instance { placed, state });
            running.instances.extend(continued);
            removed.extend(carried.removed);
        }
        running.instances.sort_by_key(|it| it.placed.position);
        // What was on datasources that nobody asks any more.
        removed.extend(old.into_values().flatten());
        for gone in removed {
            let mut instance = Instance {
                placed: gone.rule,
                state: gone.state,
            };
            for transition in instance.state.retire(at) {
                let placed = &instance.placed;
                let event = Event::new(&placed.origin, placed.datasource_name(), transition);
                round.events.push(event);
            }
            if resolves && !instance.state.is_empty() {
                running.retired.push(instance);
            }
        }
        running.timings.clear();
        running.definition = definition;
        round
    }

    /// Whether it stands in no file, and has told all ends.
    pub(super) fn is_over(&self) -> bool {
        let running = self.look();
        running.definition.is_removed && running.retired.is_empty()
    }

    /// The clock was set by so many nanoseconds.
    pub(super) fn shift(&self, nanos: i64) {
        let mut running = self.look();
        let Running {
            instances, retired, ..
        } = &mut *running;
        for it in instances.iter_mut().chain(retired) {
            it.state.shift(nanos);
        }
    }

    pub(super) fn miss(&self, slots: u64) {
        self.look().missed += slots;
    }

    /// Evaluates all rules for a slot, one after the other.
    pub(super) async fn evaluate(&self, world: &World, slot: Timestamp) -> Round {
        let mut round = Round::default();
        let began = Instant::now();
        let (definition, instances) = {
            let running = self.look();
            (running.definition.clone(), running.instances.len())
        };
        let mut index = 0;
        while index < instances {
            let rule_began = Instant::now();
            let position = definition.placed.get(index).map(|it| it.position);
            let of_rule: Vec<(usize, &Placed)> = (definition.placed.iter().enumerate())
                .skip(index)
                .take_while(|(_, it)| Some(it.position) == position)
                .collect();
            let answers = of_rule
                .iter()
                .map(|(_, it)| world.samples(it, &definition, slot));
            let answers = join_all(answers).await;
            for ((at, placed), answer) in of_rule.iter().zip(answers) {
                let it = (*at, *placed);
                round.extend(self.settle(world, it, &definition, slot, &answer).await);
            }
            index += of_rule.len().max(1);
            let mut running = self.look();
            let timing = Timing {
                at: Some(slot),
                took: rule_began.elapsed(),
            };
            running.timings.extend(position.map(|it| (it, timing)));
        }
        self.tell_ends(world, slot, &mut round).await;
        round.timing = Timing {
            at: Some(slot),
            took: began.elapsed(),
        };
        round
    }

    /// All that follows from a round is done.
    pub(super) fn done(&self, timing: Timing) {
        if timing.at.is_some() {
            self.look().timing = timing;
        }
    }

    /// One rule on one datasource: its alerts change, and those that are due become notices.
    async fn settle(
        &self,
        world: &World,
        (index, placed): (usize, &Placed),
        definition: &Definition,
        slot: Timestamp,
        answer: &Result<Vec<Sample>, String>,
    ) -> Round {
        let outcome = match answer {
            Ok(samples) => Outcome::Samples(samples),
            Err(reason) => Outcome::Failed(reason),
        };
        let before = self.of(index, lasting);
        let transitions = loop_queries(world, placed, definition, slot, |context| {
            let tick = |it: &mut RuleState| it.tick(&placed.rule, context, slot, outcome);
            self.of(index, tick).unwrap_or_else(|| Ok(Vec::new()))
        });
        let transitions = transitions.await;
        let resend = resend(world, placed, definition);
        let due = self.of(index, |it| it.take_due(slot, &resend));
        let due = due.unwrap_or_default().into_iter();
        let of_print = |print| self.of(index, |it| Some((print, it.get(print)?.clone())));
        let due: Vec<_> = due.filter_map(of_print).flatten().collect();
        let failed = self.of(index, |it| matches!(it.health(), Health::Err(_)));
        self.count(failed == Some(true));
        let event = |it| Event::new(&placed.origin, placed.datasource_name(), it);
        Round {
            events: transitions.into_iter().map(event).collect(),
            notices: notices(world, placed, definition, slot, due).await,
            is_changed: self.of(index, lasting) != before,
            timing: Timing::default(),
        }
    }

    fn count(&self, failed: bool) {
        let mut running = self.look();
        running.evaluations += 1;
        running.failures += u64::from(failed);
    }

    /// Lets a rule know what its past was, unless the group has changed since it was asked for.
    pub(super) fn adopt_past(&self, of: &Arc<Definition>, index: usize, past: &RuleState) {
        let mut running = self.look();
        if !Arc::ptr_eq(&running.definition, of) {
            return;
        }
        if let Some(instance) = running.instances.get_mut(index) {
            instance.state.adopt_past(past);
            running.saved_after = None;
        }
    }

    /// Does something with one state.
    pub(super) fn of<T>(&self, index: usize, what: impl FnOnce(&mut RuleState) -> T) -> Option<T> {
        let mut running = self.look();
        let instance = running.instances.get_mut(index)?;
        Some(what(&mut instance.state))
    }

    /// Tells once more that alerts of rules that are gone have ended, unless they are there again.
    async fn tell_ends(&self, world: &World, slot: Timestamp, round: &mut Round) {
        let (definition, mut retired, active) = {
            let mut running = self.look();
            let retired = std::mem::take(&mut running.retired);
            let active: HashSet<Fingerprint> = if retired.is_empty() {
                HashSet::new()
            } else {
                let alerts = running.instances.iter().flat_map(|it| it.state.alerts());
                let active = alerts.filter(|(_, it)| it.state != AlertState::Inactive);
                active.map(|(print, _)| print).collect()
            };
            (running.definition.clone(), retired, active)
        };
        for instance in &mut retired {
            let rule = instance.placed.rule.clone();
            loop_queries(world, &instance.placed, &definition, slot, |context| {
                let none = Outcome::Samples(&[]);
                instance.state.tick(&rule, context, slot, none)
            })
            .await;
            let resend = resend(world, &instance.placed, &definition);
            let mut due = instance.state.take_due(slot, &resend);
            due.retain(|it| !active.contains(it));
            round.is_changed |= !due.is_empty() || instance.state.is_empty();
            let due = due.into_iter();
            let due = due.filter_map(|it| Some((it, instance.state.get(it)?.clone())));
            let notices = notices(world, &instance.placed, &definition, slot, due.collect());
            round.notices.extend(notices.await);
        }
        retired.retain(|it| !it.state.is_empty());
        self.look().retired = retired;
    }

    /// What is to be written after a round, and `failures` of the store; nothing when disk knows
    /// it already. The inner nothing means that there is no state to keep.
    pub(super) fn to_save(
        &self,
        round: &Round,
        failures: u64,
    ) -> Option<(GroupKey, Option<SavedGroup>)> {
        let mut running = self.look();
        let was_lost = running.saved_after.replace(failures) != Some(failures);
        if !round.is_changed && !was_lost {
            return None;
        }
        let all = running.instances.iter().chain(&running.retired);
        let saved = SavedGroup::of(running.definition.interval, all);
        Some((running.definition.key(), saved))
    }
}

/// A hash of what a restart must know of a state. What else it holds, the next evaluation finds
/// out again.
fn lasting(state: &mut RuleState) -> u64 {
    let mut hash = DefaultHasher::new();
    state.failing_since().hash(&mut hash);
    for (print, it) in state.alerts() {
        let times = (it.active_at, it.last_sent_at, it.keep_firing_since);
        (print, it.state, times).hash(&mut hash);
    }
    hash.finish()
}
