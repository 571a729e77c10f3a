use super::*;
use crate::notify::alert::tests::{firing, resolved};
use proptest::prelude::*;

const TIMING: Timing = Timing {
    wait: Duration::from_secs(10),
    interval: Duration::from_secs(300),
    repeat: Duration::from_secs(3600),
};

fn key() -> GroupKey {
    GroupKey {
        receiver: "slack".to_owned(),
        labels: vec![("alertname".to_owned(), "a".to_owned())],
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

fn timing(_: &str) -> Option<Timing> {
    Some(TIMING)
}

/// Lets time pass to `now`, and takes every message for delivered.
fn told(groups: &mut Groups, now: i64) -> Vec<(Occasion, usize)> {
    let due = groups.due(at(now), timing);
    for message in &due {
        groups.delivered(message, at(now), None, &[]);
    }
    let told = due.iter().map(|it| (it.occasion, it.alerts().len()));
    told.collect()
}

/// What a server knows that starts where another was killed.
fn restarted(groups: &Groups) -> Groups {
    let kept = serde_json::to_string(&groups.get(&key())).unwrap();
    let kept: Option<Group> = serde_json::from_str(&kept).unwrap();
    Groups::restore(kept.map(|it| (key(), it)))
}

#[test]
fn an_incident_is_told_once_and_ended_once() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    groups.take(&key(), firing("b", 0, 5));
    assert_eq!(groups.next_due(at(5), timing), Some(at(10)));
    assert_eq!(told(&mut groups, 9), []);
    assert_eq!(told(&mut groups, 10), [(Occasion::First, 2)]);
    groups.take(&key(), firing("a", 0, 60));
    assert_eq!(told(&mut groups, 61), []);
    groups.take(&key(), resolved("a", 0, 90));
    assert_eq!(told(&mut groups, 90), [], "the other still fires");
    groups.take(&key(), resolved("b", 0, 95));
    assert_eq!(told(&mut groups, 95), [(Occasion::Resolved, 2)]);
    groups.take(&key(), resolved("b", 0, 160));
    assert_eq!(told(&mut groups, 4000), []);
    assert_eq!(groups.prune(at(4000), timing), [key()]);
}

#[test]
fn what_joins_waits_for_the_interval_and_what_goes_on_is_repeated() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    assert_eq!(told(&mut groups, 10), [(Occasion::First, 1)]);
    groups.take(&key(), firing("b", 20, 20));
    groups.take(&key(), firing("a", 0, 200));
    groups.take(&key(), firing("b", 20, 200));
    assert_eq!(told(&mut groups, 309), []);
    assert_eq!(told(&mut groups, 310), [(Occasion::Joined, 2)]);
    groups.take(&key(), firing("a", 0, 3900));
    assert_eq!(told(&mut groups, 3909), []);
    assert_eq!(told(&mut groups, 3910), [(Occasion::Repeat, 1)]);
}

#[test]
fn what_ends_before_it_was_told_is_not_told() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    groups.take(&key(), resolved("a", 0, 5));
    assert_eq!(told(&mut groups, 1000), []);
}

#[test]
fn what_ends_while_its_message_is_on_its_way_is_told_as_ended() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    let first = groups.due(at(10), timing).remove(0);
    groups.take(&key(), resolved("a", 0, 11));
    groups.delivered(&first, at(12), None, &[]);
    assert_eq!(told(&mut groups, 12), [(Occasion::Resolved, 1)]);
    assert_eq!(told(&mut groups, 1000), []);
}

#[test]
fn what_ends_while_its_message_does_not_arrive_is_not_told() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    groups.due(at(10), timing);
    groups.take(&key(), resolved("a", 0, 11));
    groups.failed(&key(), at(12), None);
    assert_eq!(told(&mut groups, 1000), []);
}

#[test]
fn what_was_on_its_way_when_the_server_ended_is_told_as_ended() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    groups.due(at(10), timing);
    let mut groups = restarted(&groups);
    groups.take(&key(), resolved("a", 0, 11));
    assert_eq!(told(&mut groups, 12), [(Occasion::Resolved, 1)]);
}

#[test]
fn an_alert_that_nobody_confirms_is_neither_told_nor_ended() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    assert_eq!(told(&mut groups, 10_000), []);
    assert_eq!(groups.next_due(at(10_000), timing), None);
    groups.take(&key(), firing("a", 0, 10_001));
    assert_eq!(told(&mut groups, 10_011), [(Occasion::First, 1)]);
}

#[test]
fn a_flapping_alert_is_told_at_most_every_interval() {
    let mut groups = Groups::default();
    let mut messages = 0;
    for seconds in (0..3000).step_by(15) {
        let alert = match seconds % 60 {
            0 | 15 => firing("a", seconds, seconds),
            _ => resolved("a", seconds, seconds),
        };
        groups.take(&key(), alert);
        messages += told(&mut groups, seconds).len();
    }
    assert!((2..=20).contains(&messages), "{messages}");
}

#[test]
fn a_receiver_that_was_down_hears_what_is_still_true() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    groups.take(&key(), firing("b", 0, 0));
    let mut attempts = 0;
    for seconds in 0..3600 {
        if seconds % 60 == 0 {
            groups.take(&key(), firing("a", 0, seconds));
        }
        if seconds == 600 {
            groups.take(&key(), resolved("b", 0, seconds));
        }
        for message in groups.due(at(seconds), timing) {
            attempts += 1;
            groups.failed(&message.key, at(seconds), None);
        }
    }
    // At 10, 30 and 150 seconds, and every five minutes from then on.
    assert_eq!(attempts, 14);
    assert_eq!(told(&mut groups, 3760), [(Occasion::First, 1)]);
}

/// What happens to a group.
#[derive(Clone, Debug)]
enum Step {
    Fire(u8),
    End(u8),
    Pass(i64),
    /// The next message does not arrive.
    Fail,
    /// The server is killed and started.
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_u8..3).prop_map(Step::Fire),
        2 => (0_u8..3).prop_map(Step::End),
        4 => (1_i64..400).prop_map(Step::Pass),
        1 => Just(Step::Fail),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    /// Whatever happens: what was not told is never ended, nothing is told twice as new, messages
    /// about firing alerts keep their distance, and in the end people know what is true.
    #[test]
    fn people_know_what_is_true(steps in steps()) {
        let mut groups = Groups::default();
        let mut now = 0_i64;
        let mut truth: BTreeMap<u8, bool> = BTreeMap::new();
        let mut known: BTreeSet<Fingerprint> = BTreeSet::new();
        let mut last_fired: Option<i64> = None;
        let mut fails = false;
        let name = |it: u8| format!("alert {it}");
        let settled = [Step::Pass(301), Step::Pass(301), Step::Pass(301)];
        for step in steps.into_iter().chain(settled) {
            match step {
                Step::Fire(it) => {
                    now += 1;
                    truth.insert(it, true);
                    groups.take(&key(), firing(&name(it), now, now));
                }
                Step::End(it) => {
                    now += 1;
                    if truth.insert(it, false) == Some(true) {
                        let ended = resolved(&name(it), now, now);
                        groups.take(&key(), ended.clone());
                        groups.take(&key(), ended);
                    }
                }
                Step::Pass(seconds) => {
                    now += seconds;
                    // What fires is confirmed at every evaluation.
                    for (it, _) in truth.iter().filter(|(_, fires)| **fires) {
                        groups.take(&key(), firing(&name(*it), now, now));
                    }
                }
                Step::Fail => fails = true,
                Step::Restart => groups = restarted(&groups),
            }
            for message in groups.due(at(now), timing) {
                if std::mem::take(&mut fails) {
                    groups.failed(&message.key, at(now), None);
                    continue;
                }
                groups.delivered(&message, at(now), None, &[]);
                for ended in &message.resolved {
                    prop_assert!(known.remove(&ended.fingerprint), "ended and never told");
                }
                if message.occasion != Occasion::Resolved {
                    let new = message.firing.iter().filter(|it| known.insert(it.fingerprint));
                    prop_assert!(message.occasion == Occasion::Repeat || new.count() > 0);
                    prop_assert!(last_fired.is_none_or(|it| now - it >= 300));
                    last_fired = Some(now);
                }
            }
            groups.prune(at(now), timing);
        }
        let name = |it: &u8| firing(&name(*it), 0, 0).fingerprint;
        for (it, fires) in &truth {
            if *fires {
                prop_assert!(known.contains(&name(it)), "{it} fires and is not known to");
            }
        }
        if truth.values().all(|it| !it) {
            prop_assert!(known.is_empty(), "all ended, and some are believed to fire");
        }
    }
}

#[test]
fn a_message_that_is_made_anew_keeps_its_key_and_every_other_has_its_own() {
    let mut groups = Groups::default();
    groups.take(&key(), firing("a", 0, 0));
    let mut keys = BTreeSet::new();
    let first = groups.due(at(10), timing).remove(0);
    groups.failed(&key(), at(10), None);
    // It is found anew meanwhile, as after a restart, and nothing new is known.
    groups.take(&key(), firing("a", 0, 20));
    let again = groups.due(at(40), timing).remove(0);
    assert_eq!(again.idempotency_key(), first.idempotency_key());
    keys.insert(first.idempotency_key());
    groups.failed(&key(), at(40), None);
    groups.take(&key(), firing("b", 30, 45));
    let more = groups.due(at(170), timing).remove(0);
    assert!(keys.insert(more.idempotency_key()), "it tells more");
    groups.delivered(&more, at(170), None, &[]);
    groups.take(&key(), firing("a", 0, 4000));
    groups.take(&key(), firing("b", 30, 4000));
    let repeat = groups.due(at(4010), timing).remove(0);
    assert!(keys.insert(repeat.idempotency_key()), "it tells again");
}
