//! The program, killed fifty times at random points of its work: nothing that happened is lost,
//! and nothing is told twice but what was on its way at that very moment.

mod dice;

use std::collections::BTreeSet;
use std::time::Duration;

use super::outside::{HELD, Outside, Point, Receiver, Told, Trap};
use super::program::Program;
use dice::Dice;

const KILLS: u32 = 50;

/// Each fires and ends.
const ALERTS: u32 = 13;

/// Longer than any of the servers lives.
const HOLD: Duration = Duration::from_secs(10);

#[tokio::test]
async fn killed_at_any_moment_nothing_is_lost_and_nothing_told_twice() {
    let mut dice = Dice::new();
    let outside = Outside::start().await;
    let program = Program::new(&outside.url, HOLD);
    let phases = 2 * ALERTS;
    let mut kills = 0;
    outside.run(program.start());
    for phase in 0..phases {
        let (alert, fires) = (phase / 2, phase % 2 == 0);
        outside.set(alert, fires);
        // As many in each phase as are left for it.
        for _ in 0..(KILLS - kills).div_ceil(phases - phase) {
            outside.kill_at(trap(&mut dice), alert, fires).await;
            outside.run(program.start());
            kills += 1;
        }
        outside.until_told(alert, fires).await;
    }
    outside.until_told(HELD, true).await;
    assert_eq!(kills, KILLS);
    let told = outside.told();
    for receiver in [Receiver::Slack, Receiver::Hook] {
        let told: Vec<&Told> = told.iter().filter(|it| it.receiver == receiver).collect();
        let repeats = repeats(&told);
        eprintln!("{receiver:?}: {} messages, {repeats} repeated", told.len());
        let messages: BTreeSet<&str> = told.iter().map(|it| it.message.as_str()).collect();
        // Begin and end of each, and the one that was held back.
        assert_eq!(messages.len() as u32, 2 * ALERTS + 1, "{messages:?}");
    }
    outside.check_alertmanager(ALERTS);
    let (held, lived) = outside.held_and_lived();
    assert!(lived < HOLD, "a server lived for {lived:?}");
    assert!(held >= HOLD, "held back for {held:?} only");
}

fn trap(dice: &mut Dice) -> Trap {
    let point = match dice.below(4) {
        0 => Point::Asked(1 + dice.below(4)),
        1 => Point::Told(Receiver::Alertmanager),
        2 => Point::Told(Receiver::Slack),
        _ => Point::Told(Receiver::Hook),
    };
    let after = (dice.below(2) == 0).then(|| Duration::from_micros(dice.below(8_000).into()));
    Trap { point, after }
}

/// How many messages came twice. Each of them was the last of its server to this receiver, and
/// came again as the first of a later one: the server died before it knew that it had arrived.
fn repeats(told: &[&Told]) -> usize {
    let mut seen = BTreeSet::new();
    let mut repeats = 0;
    for (at, it) in told.iter().enumerate() {
        if !seen.insert(it.message.as_str()) {
            let before = told[at - 1];
            assert_eq!(before.message, it.message, "told twice: {told:?}");
            assert!(before.life < it.life, "told twice: {told:?}");
            repeats += 1;
        }
    }
    repeats
}
