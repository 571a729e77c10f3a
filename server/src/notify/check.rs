//! What is wrong with where alerts go, as far as that can be known without sending anything. It is
//! told when the configuration is read; the rest of it works nevertheless.

use venti_alert::config::Alerting;
use venti_model::status::ConfigFault;

use super::target::Target;
use super::webhook;
use crate::config::{Source, place};

/// The faults of `alerting.yml`.
pub(crate) fn faults(alerting: &Alerting, source: Source<'_>) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    for config in &alerting.alertmanagers {
        let targets = Target::alertmanagers(&config.value).into_iter();
        for error in targets.filter_map(|(_, target)| target.err()) {
            faults.push(source.fault(place(config.referenced), error.to_string()));
        }
    }
    for receiver in &alerting.receivers {
        let webhook = receiver.webhook.as_ref();
        let Some(payload) = webhook.and_then(|it| it.payload.as_ref()) else {
            continue;
        };
        if let Err(error) = webhook::check(&payload.value) {
            let message = format!("receiver `{}`: {error}", receiver.name);
            faults.push(source.fault(place(payload.referenced), message));
        }
    }
    // Several targets of a block may have the same one.
    faults.dedup();
    faults
}
