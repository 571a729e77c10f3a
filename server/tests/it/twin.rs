//! Our alerts beside those of a real Prometheus. Both load the same rule files, at the same path and
//! so on the same slots, over the same series: those of Prometheus itself, of a node-exporter, and
//! of a pushgateway whose values the test moves. In every interval all that both say about their
//! rules and alerts is compared, and what an Alertmanager of each came to know.

mod afterwards;
mod beat;
mod files;
mod pair;
mod programs;
mod script;
mod seen;

use pair::{Disturbed, Pair};
use programs::Programs;

/// How often a run begins anew on a machine that is too slow for it.
const ATTEMPTS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn our_alerts_are_those_of_prometheus() {
    let mut reasons = Vec::new();
    for _ in 0..ATTEMPTS {
        let Some(programs) = tokio::task::block_in_place(Programs::start) else {
            return;
        };
        let mut pair = Pair::new(programs).await;
        match compare(&mut pair).await {
            Ok(()) => return,
            Err(Disturbed(reason)) => {
                eprintln!("once more: {reason}");
                reasons.push(reason);
            }
        }
    }
    panic!("this machine is too slow to compare anything: {reasons:#?}");
}

async fn compare(pair: &mut Pair) -> Result<(), Disturbed> {
    script::play(pair).await?;
    let own = pair.sights.len();
    for (rule, story) in script::STORIES {
        pair.has_story(rule, story)?;
    }
    let public = files::public(&pair.beat);
    if !public.is_empty() {
        script::play_public(pair, &public).await?;
    }
    let alerts = afterwards::compare(pair).await;
    let told = pair.sights.iter().filter(|it| it.is_told).count();
    eprintln!(
        "compared rules {own} times, public ones {} times, {alerts} alerts in all, and Alertmanagers {told} times",
        pair.sights.len() - own,
    );
    Ok(())
}
