//! Runs the groups: each in a task of its own on its own slots, through changes of the
//! configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use super::ask::Asker;
use super::definition::{Definition, GroupKey, definitions};
use super::group::Group;
use super::history;
use super::round::Round;
use super::saved::{self, Restored};
use super::time::Time;
use super::warm::warm_up;
use super::world::World;
use super::{Notifier, Store};
use crate::App;
use crate::live::Live;

/// What the tasks of all groups share.
#[derive(Clone, Debug)]
struct Shared {
    world: watch::Receiver<Arc<World>>,
    time: Time,
    store: Option<Store>,
    notifier: Option<Arc<dyn Notifier>>,
}

/// Evaluates the rules of each configuration until dropped. Without a store, states end with the
/// server; without a notifier, alerts are only shown.
pub async fn run(app: App, time: Time, store: Option<Store>, notifier: Option<Arc<dyn Notifier>>) {
    let alerting = app.alerting();
    let asker = Arc::<Asker>::default();
    let restored = restore(store.clone()).await;
    // Where nothing was ever kept, datasources are asked for the past.
    let mut is_cold = restored.is_none();
    let mut restored = restored.unwrap_or_default();
    let mut live = app.follow();
    let own_url = own_url(&app);
    let world_of = |live: Arc<Live>| {
        let groups = alerting.groups.clone();
        Arc::new(World::new(live, groups, asker.clone(), &own_url))
    };
    let worlds = watch::Sender::new(world_of(live.borrow_and_update().clone()));
    alerting.begin(worlds.subscribe(), store.clone(), notifier.clone());
    let shared = Shared {
        world: worlds.subscribe(),
        time,
        store,
        notifier,
    };
    let mut tasks = JoinSet::new();
    loop {
        let world = worlds.borrow().clone();
        let mut wanted = definitions(&world.live);
        wanted.extend(removed(&world, &wanted, &restored));
        for definition in wanted {
            let key = definition.key();
            let definition = Arc::new(definition);
            if let Some(group) = alerting.groups.get(&key) {
                group.wanted.send_if_modified(|it| {
                    let differs = *it != definition;
                    *it = definition;
                    differs
                });
                continue;
            }
            let before = restored.remove(&key).map(|it| it.instances);
            let group = Arc::new(Group::new(definition, before.unwrap_or_default()));
            alerting.groups.insert(key.clone(), group.clone());
            tasks.spawn(drive(shared.clone(), key, group, is_cold));
        }
        is_cold = false;
        tokio::select! {
            changed = live.changed() => {
                if changed.is_err() {
                    return;
                }
                worlds.send_replace(world_of(live.borrow_and_update().clone()));
            }
            Some(Ok(over)) = tasks.join_next() => alerting.groups.remove(&over),
        }
    }
}

/// Where this server listens, by the name of the machine, as Prometheus does.
fn own_url(app: &App) -> String {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy();
    let listen = app.flags().get("listen");
    let port = listen.and_then(|it| it.rsplit(':').next()).unwrap_or("80");
    format!("http://{host}:{port}")
}

/// What a server before this one kept; nothing where none ever did, or where it is not known.
async fn restore(store: Option<Store>) -> Option<BTreeMap<GroupKey, Restored>> {
    let store = store?;
    match spawn_blocking(move || saved::load(&store)).await {
        Ok(Ok(restored)) => restored,
        Ok(Err(error)) => {
            tracing::error!(%error, "states of alerts cannot be read: alerts begin anew");
            None
        }
        // The runtime ends.
        Err(_) => None,
    }
}

/// The definitions of groups that run or were restored, and stand in no file any more.
fn removed(
    world: &World,
    wanted: &[Definition],
    restored: &BTreeMap<GroupKey, Restored>,
) -> Vec<Definition> {
    let is_gone = |key: &GroupKey| wanted.iter().all(|it| it.key() != *key);
    let running = world.groups.all().into_iter().map(|it| {
        let running = it.look();
        (running.definition.key(), running.definition.interval)
    });
    let restored = restored.iter().map(|(key, it)| (key.clone(), it.interval));
    let gone = running.chain(restored).filter(|(key, _)| is_gone(key));
    gone.map(|((file, name), interval)| Definition::removed(&file, &name, interval))
        .collect()
}

/// Evaluates a group on its slots until it is over, and gives back which one it was. One whose
/// start `is_cold` is told its past after the first round.
async fn drive(
    mut shared: Shared,
    key: GroupKey,
    group: Arc<Group>,
    mut is_cold: bool,
) -> GroupKey {
    let mut warming = JoinSet::new();
    let mut wanted = group.wanted.subscribe();
    wanted.mark_changed();
    let mut before = shared.time.now();
    let mut schedule = None;
    let mut slot = before.wall;
    loop {
        tokio::select! {
            biased;
            changed = wanted.changed() => {
                if changed.is_err() {
                    return key;
                }
                let definition = wanted.borrow_and_update().clone();
                let now = shared.time.now();
                if schedule != Some(definition.schedule()) {
                    schedule = Some(definition.schedule());
                    slot = definition.schedule().slot_after(now.wall);
                }
                let world = shared.world.borrow_and_update().clone();
                let resolves = world.tells_ends_of(&key.0);
                let round = group.turn_into(definition, now.wall, resolves);
                shared.finish(&group, round).await;
                if group.is_over() {
                    return key;
                }
            }
            now = shared.time.until(slot, before) => {
                let Some(schedule) = schedule else {
                    continue;
                };
                if let Some(nanos) = now.jump_since(before) {
                    tracing::warn!(seconds = nanos / 1_000_000_000, "the clock was set: timers of alerts are moved along");
                    group.shift(nanos);
                    slot = schedule.slot_after(now.wall);
                    before = now;
                    continue;
                }
                let world = shared.world.borrow_and_update().clone();
                let round = group.evaluate(&world, slot).await;
                shared.finish(&group, round).await;
                if group.is_over() {
                    return key;
                }
                if std::mem::take(&mut is_cold) {
                    let group = group.clone();
                    warming.spawn(async move { warm_up(&world, &group, slot).await });
                }
                before = now;
                let (next, missed) = schedule.next(slot, shared.time.now().wall);
                group.miss(missed);
                slot = next;
            }
        }
    }
}

impl Shared {
    /// Writes what a round changed, and then tells of it.
    async fn finish(&self, group: &Group, round: Round) {
        let failures = self.store.as_ref().map_or(0, Store::failures);
        let to_save = group.to_save(&round, failures);
        let Round {
            events,
            notices,
            timing,
            ..
        } = round;
        let notices = Arc::new(notices);
        if let (Some(store), Some(((file, name), saved))) = (self.store.clone(), to_save) {
            let (notifier, kept, now) =
                (self.notifier.clone(), notices.clone(), self.time.now().wall);
            let write = move || {
                store.write(|transaction| {
                    saved::put(transaction, (&file, &name), saved.as_ref())?;
                    if !events.is_empty() {
                        history::append(transaction, &events, now)?;
                    }
                    if let Some(notifier) = notifier {
                        notifier.keep(&kept, transaction)?;
                    }
                    Ok(())
                })
            };
            // The store tells of a failure itself; all is written once it works again. It is also
            // no result when the runtime ends.
            let _ = spawn_blocking(write).await;
        }
        if let Some(notifier) = self.notifier.as_ref().filter(|_| !notices.is_empty()) {
            notifier.notify(Arc::unwrap_or_clone(notices));
        }
        group.done(timing);
    }
}
