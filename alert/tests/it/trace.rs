//! A recorded Prometheus 2.42 against the engine: the same samples at the same slots make the same
//! posts, byte for byte in every field, and the same answers of its API.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use venti_alert::Timestamp;
use venti_alert::engine::{Context, Outcome, RuleState, Sample};
use venti_alert::listing::{self, Timing};
use venti_alert::message::postable;
use venti_alert::relabel::Relabel;
use venti_alert::rule::{Rule, RuleFile, RuleGroup};
use venti_alert::rulefile;
use venti_alert::schedule::Schedule;
use venti_template::Queries;

use crate::support::{labels, resend, sample, shared};

/// The trace began in this second.
const START: i64 = 1_795_231_910;

/// Seconds of [`START`] in whose slot the last recorded posts were made.
const LAST: i64 = 52;

/// The value of `m` as the slot of a second saw it: the driver's timeline, a scrape later.
fn m(second: i64) -> f64 {
    match second {
        1..=10 => 5.0,
        11..=20 => 6.0,
        33..=35 => 7.0,
        40.. => 8.0,
        _ => 0.0,
    }
}

/// What the expression of a rule answered.
fn answer(rule: &str, second: i64) -> Result<Vec<Sample>, &'static str> {
    let series = [
        ("__name__", "m"),
        ("instance", "127.0.0.1:19401"),
        ("job", "x"),
    ];
    let value = m(second);
    match rule {
        "C_err" if (11..=16).contains(&second) => Err("found duplicate series"),
        "D_dup" => Ok(["1", "2"]
            .map(|x| sample(&[series.as_slice(), &[("x", x)]].concat(), value))
            .into()),
        "L" => Ok(vec![sample(&[], 1.0), sample(&[("a", "b")], 2.0)]),
        _ if value > 0.0 => Ok(vec![sample(&series, value)]),
        _ => Ok(Vec::new()),
    }
}

struct Twin {
    file: RuleFile,
    states: BTreeMap<String, RuleState>,
    relabel: Vec<Relabel>,
}

impl Twin {
    fn new(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("rules.yml")).unwrap();
        let file = rulefile::read("rules.yml", &text);
        assert_eq!(file.faults, []);
        let step = json!([{"action": "labeldrop", "regex": "instance"}]);
        Self {
            file,
            states: BTreeMap::new(),
            relabel: serde_json::from_value(step).unwrap(),
        }
    }

    /// Evaluates a group's slot in a second and returns the posts.
    fn tick(&mut self, group: &RuleGroup, second: i64) -> Vec<Value> {
        let external = labels(&[("cluster", "c1"), ("severity", "ext")]);
        let queries = Queries::default();
        let context = Context {
            external_labels: &external,
            external_url: "http://prom.example/p",
            limit: group.limit,
            queries: &queries,
            ..crate::support::context()
        };
        let schedule = Schedule::new("rules.yml", &group.name, group.interval.unwrap());
        let slot = schedule.slot_after(Timestamp::from_seconds((START + second) as f64));
        let mut posts = Vec::new();
        for rule in group.alerts() {
            let state = self.states.entry(rule.name.clone()).or_default();
            let samples = answer(&rule.name, second);
            let outcome = match &samples {
                Ok(samples) => Outcome::Samples(samples),
                Err(reason) => Outcome::Failed(reason),
            };
            state.tick(rule, &context, slot, outcome).unwrap();
            let due = state.take_due(slot, &resend(3));
            let messages = due
                .iter()
                .filter_map(|it| postable(rule, &context, state.get(*it)?, &self.relabel).unwrap());
            posts.extend(messages.map(|it| serde_json::to_value(it).unwrap()));
        }
        posts
    }

    /// The rules of a group as the API shows them, without the times that a clock decides.
    fn listed(&self, group: &RuleGroup) -> Vec<Value> {
        let rules = group.rules.iter().map(|rule| {
            let Rule::Alert(rule) = rule else {
                panic!("the trace has no recording rule");
            };
            let instances = [(crate::support::context(), &self.states[&rule.name])];
            let rule = listing::alerting_rule(rule, &instances, Timing::default()).unwrap();
            serde_json::to_value(venti_model::api::alerts::Rule::Alerting(rule)).unwrap()
        });
        rules.map(comparable).collect()
    }
}

/// Numbers of Go print as integers where they are whole; times of the clock and the words of
/// PromQL's own errors are left out.
fn comparable(mut rule: Value) -> Value {
    for key in ["evaluationTime", "lastEvaluation"] {
        rule[key] = Value::Null;
    }
    for key in ["duration", "keepFiringFor"] {
        rule[key] = json!(rule[key].as_f64());
    }
    if let Some(error) = rule["lastError"].as_str() {
        rule["lastError"] = json!(error.split(" for the match group").next());
    }
    rule
}

#[test]
fn posts_what_prometheus_posted() {
    let Some(folder) = shared("golden/alerting/prom242_trace") else {
        return;
    };
    let recorded = fs::read_to_string(folder.join("posts.jsonl")).unwrap();
    let mut expected: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for line in recorded.lines() {
        let post: Value = serde_json::from_str(line).unwrap();
        let second = post["t"].as_f64().unwrap().floor() as i64 - START;
        let alerts = post["b"].as_array().unwrap().clone();
        expected.entry(second).or_default().extend(alerts);
    }
    let mut twin = Twin::new(&folder);
    let mut count = 0;
    for second in 1..=LAST {
        let mut posts = Vec::new();
        for group in twin.file.groups.clone() {
            posts.extend(twin.tick(&group, second));
        }
        let key = |it: &Value| it["labels"].to_string();
        let mut expected = expected.remove(&second).unwrap_or_default();
        expected.sort_by_key(key);
        posts.sort_by_key(key);
        assert_eq!(posts, expected, "second {second}");
        count += posts.len();
    }
    assert_eq!(count, 67, "all posts of the trace were compared");
    assert_eq!(expected.len(), 0, "{expected:?}");
}

#[test]
fn lists_what_prometheus_listed() {
    let Some(folder) = shared("golden/alerting/prom242_trace") else {
        return;
    };
    // The second whose slot was the last before each answer was recorded.
    for (name, last) in [("r1.json", 9), ("r2.json", 15), ("r3.json", 31)] {
        let mut twin = Twin::new(&folder);
        let groups = twin.file.groups.clone();
        for second in 1..=last {
            for group in &groups {
                twin.tick(group, second);
            }
        }
        let recorded: Value =
            serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap();
        for (group, recorded) in groups
            .iter()
            .zip(recorded["data"]["groups"].as_array().unwrap())
        {
            let expected: Vec<Value> = recorded["rules"]
                .as_array()
                .unwrap()
                .iter()
                .cloned()
                .map(comparable)
                .collect();
            let mut listed = twin.listed(group);
            for (ours, theirs) in listed.iter_mut().zip(&expected) {
                // Prometheus has one kind of datasource and does not name it.
                let kind = ours.as_object_mut().unwrap().remove("datasourceType");
                assert_eq!(kind.as_ref().and_then(Value::as_str), Some("prometheus"));
                // Our words for an error of PromQL are the test's own.
                if theirs["name"] == "C_err" && ours["lastError"].is_string() {
                    ours["lastError"] = theirs["lastError"].clone();
                }
            }
            assert_eq!(listed, expected, "{name}, {}", group.name);
        }
    }
}
