//! The run once more, from what Prometheus wrote down about its own alerts: at each slot a sample
//! of `ALERTS` for every alert, and one of `ALERTS_FOR_STATE` with the time since when it is active.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use venti_alert::Timestamp;

use super::beat::nanos;
use super::pair::Pair;

/// An alert in a beat: its labels and state, or since when it is active.
type Entry = (i64, String);

/// A rule that is evaluated in every second beat, and not in all that we look at.
const SLOW: &str = "EverySecond";

/// Every alert that we showed in some beat has its samples in Prometheus, and no others are there.
/// Gives back how many there were.
pub(super) async fn compare(pair: &Pair) -> usize {
    let (mut states, mut since) = (BTreeSet::new(), BTreeSet::new());
    for sight in &pair.sights {
        // An evaluation that fails writes nothing down, and changes no alert.
        let rules = sight.rules.values().filter(|it| it["health"] != "err");
        for rule in rules.filter(|it| it["name"] != SLOW) {
            for alert in rule["alerts"].as_object().unwrap().values() {
                let mut labels = alert["labels"].clone();
                let active_at = nanos(alert["activeAt"].as_str().unwrap()) / 1_000_000_000;
                since.insert((sight.beat, format!("{} {active_at}", in_order(&labels))));
                labels["alertstate"] = alert["state"].clone();
                states.insert((sight.beat, in_order(&labels)));
            }
        }
    }
    assert_same(&written(pair, "ALERTS").await, &states);
    assert_same(&written(pair, "ALERTS_FOR_STATE").await, &since);
    states.len()
}

/// The samples of one of the two series in the beats that were looked at.
async fn written(pair: &Pair, name: &str) -> BTreeSet<Entry> {
    let beats: BTreeSet<i64> = pair.sights.iter().map(|it| it.beat).collect();
    let query = format!("/api/v1/query?query={name}{{alertname!=\"{SLOW}\"}}[5m]");
    let answer = pair.ask_prometheus(&query).await;
    let mut written = BTreeSet::new();
    for series in answer["data"]["result"].as_array().unwrap() {
        let mut labels: Value = series["metric"].clone();
        // A label of a rule that becomes empty is none of the alert, and yet is written down here
        // as it stands in the file.
        let is_label = |name: &str, value: &Value| name != "__name__" && !is_template(value);
        labels
            .as_object_mut()
            .unwrap()
            .retain(|name, value| is_label(name, value));
        let labels = in_order(&labels);
        for sample in series["values"].as_array().unwrap() {
            let time = Timestamp::from_seconds(sample[0].as_f64().unwrap());
            let beat = pair.beat.of(time);
            let entry = match name {
                "ALERTS" => labels.clone(),
                _ => format!("{labels} {}", sample[1].as_str().unwrap()),
            };
            if beats.contains(&beat) {
                written.insert((beat, entry));
            }
        }
    }
    written
}

/// Labels as text that is the same whatever their order is.
fn in_order(labels: &Value) -> String {
    let labels: BTreeMap<&String, &Value> = labels.as_object().unwrap().iter().collect();
    format!("{labels:?}")
}

fn is_template(value: &Value) -> bool {
    value.as_str().is_some_and(|it| it.contains("{{"))
}

fn assert_same(theirs: &BTreeSet<Entry>, ours: &BTreeSet<Entry>) {
    let more: Vec<&Entry> = theirs.difference(ours).take(5).collect();
    let less: Vec<&Entry> = ours.difference(theirs).take(5).collect();
    assert!(
        more.is_empty() && less.is_empty(),
        "only in Prometheus: {more:#?}, only with us: {less:#?}"
    );
}
