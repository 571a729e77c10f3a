//! What an engine and its Alertmanager say, brought into a form that can be compared.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use venti_alert::Timestamp;
use venti_alert::schedule::Schedule;

use super::beat::{INTERVAL, nanos};

/// What differs between two engines that do the same: how long things take, and what one of them
/// does not say at all.
const INCOMPARABLE: [&str; 3] = ["evaluationTime", "lastEvaluation", "datasourceType"];

/// The rules that watch the rules, which a Prometheus does not have.
const BUILT_IN: &str = "built-in";

/// All rules of an engine, by file, group and place in it.
pub(super) type Rules = BTreeMap<String, Value>;

/// How far an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Some group has yet to be evaluated.
    Before,
    /// All have been, and none is further.
    There,
    /// Some group is at a later slot already.
    Beyond,
}

/// The groups of an answer of `/api/v1/rules`.
pub(super) fn groups(answer: &Value) -> Vec<&Value> {
    let groups = answer["data"]["groups"].as_array().unwrap().iter();
    groups.filter(|it| it["file"] != BUILT_IN).collect()
}

/// Whether all groups have been evaluated for their last slot before `end`.
///
/// We tell the slot of an evaluation; Prometheus 2.42 the moment at which it began, which is a
/// little later.
pub(super) fn progress(groups: &[&Value], end: Timestamp) -> Progress {
    let mut progress = Progress::There;
    for group in groups {
        let last = last_evaluation(group);
        // A slow group may have its first slot only in the next beat.
        if last == i64::MIN && interval(group) > INTERVAL {
            continue;
        }
        if last >= end.nanos() {
            return Progress::Beyond;
        }
        if last < slot(group, end).nanos() {
            progress = Progress::Before;
        }
    }
    progress
}

/// The last slot of a group before `end`.
pub(super) fn slot(group: &Value, end: Timestamp) -> Timestamp {
    let text = |key: &str| group[key].as_str().unwrap();
    Schedule::new(text("file"), text("name"), interval(group)).slot_before(end)
}

fn last_evaluation(group: &Value) -> i64 {
    nanos(group["lastEvaluation"].as_str().unwrap())
}

fn interval(group: &Value) -> Duration {
    Duration::from_secs_f64(group["interval"].as_f64().unwrap())
}

/// The alerting rules, with all that they say about themselves and their alerts.
pub(super) fn rules(groups: &[&Value]) -> Rules {
    let mut rules = Rules::new();
    for group in groups {
        let of_group = group["rules"].as_array().unwrap().iter();
        for (index, rule) in of_group
            .enumerate()
            .filter(|(_, it)| it["type"] == "alerting")
        {
            let mut rule = rule.clone();
            let fields = rule.as_object_mut().unwrap();
            fields.retain(|name, _| !INCOMPARABLE.contains(&name.as_str()));
            for (_, value) in fields.iter_mut().filter(|(_, it)| it.is_number()) {
                // `0` and `0.0` are the same.
                *value = json!(value.as_f64());
            }
            // Before its first evaluation, which Prometheus says since version 3.8 only.
            if fields["state"] == "unknown" {
                fields["state"] = json!("inactive");
            }
            alerts(&mut fields["alerts"]);
            let key = format!(
                "{} {} {index:02} {}",
                group["file"], group["name"], rule["name"]
            );
            rules.insert(key.replace('"', ""), rule);
        }
    }
    rules
}

/// What rules say about themselves alone: equal once both have loaded the same files.
pub(super) fn texts(groups: &[&Value]) -> Rules {
    let mut rules = rules(groups);
    for rule in rules.values_mut() {
        let fields: &mut Map<String, Value> = rule.as_object_mut().unwrap();
        fields
            .retain(|name, _| !["alerts", "state", "health", "lastError"].contains(&name.as_str()));
    }
    rules
}

/// Makes a list of alerts a map by their labels. What exactly was wrong with a template is told in
/// other words.
pub(super) fn alerts(alerts: &mut Value) {
    let mut by_labels = Map::new();
    for mut alert in alerts.as_array_mut().unwrap().drain(..) {
        for key in ["labels", "annotations"] {
            let texts = alert[key].as_object_mut().into_iter().flatten();
            for (_, text) in texts {
                let prefix = "<error expanding template:";
                if text.as_str().is_some_and(|it| it.starts_with(prefix)) {
                    *text = json!(prefix);
                }
            }
        }
        let labels: BTreeMap<&String, &Value> =
            alert["labels"].as_object().unwrap().iter().collect();
        let twice = by_labels.insert(json!(labels).to_string(), alert);
        assert!(twice.is_none(), "{twice:?}");
    }
    *alerts = Value::Object(by_labels);
}

/// What an Alertmanager knows, without what it adds: its own moments and receivers.
pub(super) fn known(answer: &Value) -> Value {
    let fields = ["labels", "annotations", "startsAt", "generatorURL"];
    let of = |alert: &Value| {
        let wanted = fields.map(|it| (it.to_owned(), alert[it].clone()));
        Value::Object(wanted.into_iter().collect())
    };
    let mut known: Value = answer.as_array().unwrap().iter().map(of).collect();
    alerts(&mut known);
    known
}

/// Says where two answers differ, at most so many times.
pub(super) fn differences(theirs: &Value, ours: &Value, at: &str, found: &mut Vec<String>) {
    if found.len() > 20 || theirs == ours {
        return;
    }
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let more = b.keys().filter(|it| !a.contains_key(*it));
            for key in a.keys().chain(more) {
                let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                differences(&of(a), &of(b), &format!("{at} {key}"), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{at} {index}"), found);
            }
        }
        _ => found.push(format!("{at}: Prometheus has {theirs}, we have {ours}")),
    }
}
