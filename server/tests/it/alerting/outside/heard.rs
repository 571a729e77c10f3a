//! What was heard of all servers so far, and the one that lives.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::time::Duration;

use chrono::DateTime;
use serde_json::Value;

use super::{HELD, Receiver, Told, Trap};

/// What is known outside.
#[derive(Default)]
pub(super) struct Heard {
    /// Alerts that have a sample.
    pub(super) broken: BTreeSet<u32>,
    pub(super) told: Vec<Told>,
    pub(super) trap: Option<Trap>,
    /// The number of the server.
    pub(super) life: u32,
    /// How often a server asked since the trap was set.
    pub(super) asked: u32,
    server: Option<Child>,
    /// By alert: what Alertmanager heard, as begin and end.
    alerts: BTreeMap<u32, Vec<(String, Option<String>)>>,
    /// The last slot that was asked for.
    slot: f64,
    /// First and last slot that each server asked for.
    slots: BTreeMap<u32, (f64, f64)>,
}

impl Heard {
    pub(super) fn live(&mut self, server: Child) {
        self.server = Some(server);
        self.life += 1;
    }

    pub(super) fn lives(&self) -> bool {
        self.server.is_some()
    }

    pub(super) fn process(&self) -> u32 {
        self.server.as_ref().unwrap().id()
    }

    /// As `kill -9` does.
    pub(super) fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// The alerts that a query finds for a slot.
    pub(super) fn samples(&mut self, query: &str, slot: f64) -> Vec<u32> {
        self.slot = slot;
        if query == "held" {
            return vec![HELD];
        }
        self.asked += 1;
        let is_new = !self.told.iter().any(|it| it.alert == HELD);
        if is_new {
            let life = self.slots.entry(self.life).or_insert((slot, slot));
            life.1 = slot;
        }
        self.broken.iter().copied().collect()
    }

    pub(super) fn alertmanager(&mut self, alerts: &[Value]) {
        for it in alerts {
            let text = |key: &str| it[key].as_str().unwrap().to_owned();
            let number = it["labels"]["number"].as_str().unwrap().parse().unwrap();
            let (begin, end) = (text("startsAt"), text("endsAt"));
            // What fires may end in the future, unless it is told again.
            let ends_at = DateTime::parse_from_rfc3339(&end).unwrap();
            let has_ended = ends_at.timestamp_millis() as f64 / 1e3 <= self.slot;
            let known = self.alerts.entry(number).or_default();
            known.push((begin, has_ended.then_some(end)));
        }
    }

    pub(super) fn slack(&mut self, life: u32, text: &str) {
        let fires = !text.contains("RESOLVED");
        let alert = number(text);
        let message = format!("{alert} {}", if fires { "fires" } else { "ended" });
        self.hear(life, Receiver::Slack, message, alert, fires);
    }

    pub(super) fn hook(&mut self, life: u32, key: String, text: &str) {
        let body: Value = serde_json::from_str(text).unwrap();
        self.hear(
            life,
            Receiver::Hook,
            key,
            number(text),
            body["status"] == "firing",
        );
    }

    fn hear(&mut self, life: u32, receiver: Receiver, message: String, alert: u32, fires: bool) {
        self.told.push(Told {
            receiver,
            life,
            message,
            alert,
            fires,
        });
    }

    /// Whether all know that an alert fires, or that it has ended.
    pub(super) fn is_told(&self, alert: u32, fires: bool) -> bool {
        let knows = |receiver: Receiver| {
            let mut told = self.told.iter();
            told.any(|it| (it.receiver, it.alert, it.fires) == (receiver, alert, fires))
        };
        let mut heard = self.alerts.get(&alert).into_iter().flatten();
        heard.any(|(_, end)| end.is_none() == fires)
            && knows(Receiver::Slack)
            && knows(Receiver::Hook)
    }

    pub(super) fn check_alertmanager(&self, alerts: u32) {
        for (alert, heard) in &self.alerts {
            let begins: BTreeSet<&str> = heard.iter().map(|(begin, _)| begin.as_str()).collect();
            assert_eq!(begins.len(), 1, "{alert}: {heard:?}");
            let first_end = heard.iter().position(|(_, end)| end.is_some());
            let ends = &heard[first_end.unwrap_or(heard.len())..];
            assert!(ends.iter().all(|it| *it == ends[0]), "{alert}: {heard:?}");
            assert_eq!(first_end.is_some(), *alert != HELD, "{alert}: {heard:?}");
        }
        assert_eq!(self.alerts.len() as u32, alerts + 1);
    }

    pub(super) fn held_and_lived(&self) -> (Duration, Duration) {
        let first = self.slots.values().next().unwrap().0;
        let last = self.slots.values().next_back().unwrap().1;
        let lives = self.slots.values().map(|(first, last)| last - first);
        let longest = lives.fold(0.0, f64::max);
        (
            Duration::from_secs_f64(last - first),
            Duration::from_secs_f64(longest),
        )
    }
}

/// The alert that a message is about.
fn number(text: &str) -> u32 {
    let (_, rest) = text.split_once("alert-").unwrap();
    rest.split_once(';').unwrap().0.parse().unwrap()
}
