//! Who is told about an alert directly, and with which others in one message.

use venti_alert::config::Receiver;

use super::alert::Alert;
use super::groups::GroupKey;

/// What a receiver groups by, if it does not say.
const GROUP_BY: [&str; 3] = ["alertname", "namespace", "datasource"];

/// The groups that an alert belongs to, one for each of its receivers.
///
/// Receivers that a rule names are the only ones that get its alerts. Of the others those get an
/// alert whose matchers match it. A receiver without matchers gets all where there is no
/// Alertmanager; beside one, only alerts that have something to be looked up, since two messages
/// about the same are worse than none.
pub(super) fn groups(
    alert: &Alert,
    receivers: &[Receiver],
    has_alertmanager: bool,
) -> Vec<GroupKey> {
    let wants = |it: &&Receiver| {
        if !alert.notify.is_empty() {
            alert.notify.contains(&it.name)
        } else if it.matchers.is_empty() {
            !has_alertmanager || alert.query.is_some() || alert.is_test
        } else {
            it.matches(&alert.message.labels)
        }
    };
    let wanted = receivers.iter().filter(wants);
    wanted.map(|it| key(alert, it)).collect()
}

fn key(alert: &Alert, receiver: &Receiver) -> GroupKey {
    let label = |name: &str| (name.to_owned(), alert.label(name).to_owned());
    let labels = match &receiver.group_by {
        Some(names) => names.iter().map(|it| label(it)).collect(),
        None => GROUP_BY.into_iter().map(label).collect(),
    };
    GroupKey {
        receiver: receiver.name.clone(),
        labels,
    }
}
