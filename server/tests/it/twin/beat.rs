//! When Prometheus scrapes and when rules are evaluated, chosen so that the two never meet.
//!
//! Both engines ask the same Prometheus, as of the same slot: samples with a later time are seen by
//! neither. Only a scrape that began before a slot and is stored after it could be seen by one of
//! them alone. A target is scraped at a moment of the interval that follows from its address,
//! and a group is evaluated at one that follows from the name of its file; so files are named
//! such that their slots keep clear of all scrapes.
//!
//! A *beat* is one interval. It begins when the pushgateway has been scraped. Groups that read what
//! the rules of Prometheus write are evaluated first, when all of the beat before is written; then
//! the others; and the rest of the beat is for looking, and for moving the series that the next
//! scrape will see.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use venti_alert::Timestamp;
use venti_alert::schedule::Schedule;

/// Between two scrapes of a target, and between two evaluations of most groups.
pub(super) const INTERVAL: Duration = Duration::from_secs(2);

/// What a scrape takes beyond what Prometheus says: storing its samples.
const STORING: Duration = Duration::from_millis(80);

/// Where in a beat a group is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    First,
    Then,
}

impl Part {
    /// Milliseconds of a beat.
    fn millis(self) -> Range<i64> {
        match self {
            Self::First => 0..250,
            Self::Then => 300..700,
        }
    }
}

/// The beats of one Prometheus.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    /// When one of them began: unix nanoseconds.
    origin: i64,
    /// Begin and end of the scrapes that some beat saw.
    scrapes: Vec<(i64, i64)>,
}

impl Beat {
    /// Learns them from the answer to `/api/v1/targets`; nothing before all targets have been
    /// scraped once.
    pub(super) fn learn(targets: &Value) -> Option<Self> {
        let targets = targets["data"]["activeTargets"].as_array()?;
        let mut scrapes = Vec::new();
        let mut origin = None;
        for target in targets.iter().filter(|it| it["health"] == "up") {
            let start = nanos(target["lastScrape"].as_str()?);
            let end = start + scraped(target["lastScrapeDuration"].as_f64()?);
            scrapes.push((start, end));
            if target["scrapePool"] == "pushgateway" {
                origin = Some(end);
            }
        }
        let origin = origin.filter(|_| scrapes.len() == targets.len())?;
        Some(Self { origin, scrapes })
    }

    /// The number of the beat of a moment.
    pub(super) fn of(&self, moment: Timestamp) -> i64 {
        (moment.nanos() - self.origin).div_euclid(length())
    }

    pub(super) fn begin(&self, beat: i64) -> Timestamp {
        Timestamp::from_nanos(self.origin + beat * length())
    }

    /// When all groups of a beat have had their slots.
    pub(super) fn after_slots(&self, beat: i64) -> Timestamp {
        self.at(beat, Part::Then.millis().end)
    }

    /// How long Alertmanagers are looked at in a beat.
    pub(super) fn is_time_to_tell(&self, beat: i64) -> bool {
        now() < self.at(beat, 1200)
    }

    /// After this there is too little time left in a beat to begin anything.
    pub(super) fn is_late(&self, beat: i64) -> bool {
        now() >= self.at(beat, 1400)
    }

    /// Whether a beat is over.
    pub(super) fn is_over(&self, beat: i64) -> bool {
        now() >= self.begin(beat + 1)
    }

    fn at(&self, beat: i64, millis: i64) -> Timestamp {
        Timestamp::from_nanos(self.begin(beat).nanos() + millis * 1_000_000)
    }

    /// A path of a rule file whose groups all have their slots in this part of a beat, clear of
    /// scrapes.
    pub(super) fn path(&self, stem: &str, groups: &[String], part: Part) -> String {
        let mut paths = (0..).map(|it| format!("alertrules/{stem}-{it}.yml"));
        let fits = |path: &String| groups.iter().all(|it| self.fits(path, it, part));
        paths.find(fits).unwrap()
    }

    fn fits(&self, path: &str, group: &str, part: Part) -> bool {
        let slot = Schedule::new(path, group, INTERVAL).slot_before(Timestamp::default());
        let of_beat = |moment: i64| (moment - self.origin).rem_euclid(length());
        let at = of_beat(slot.nanos());
        let is_clear = self.scrapes.iter().all(|(start, end)| {
            // A scrape may take twice as long the next time.
            let busy = 2 * (end - start);
            (at - of_beat(*start)).rem_euclid(length()) > busy
        });
        part.millis().contains(&(at / 1_000_000)) && is_clear
    }
}

/// Whether a scrape, by its time and how many seconds it took, was under way at a moment.
pub(super) fn is_scraping(scrape: (f64, f64), moment: Timestamp) -> bool {
    let into = moment.nanos() - Timestamp::from_seconds(scrape.0).nanos();
    (0..=scraped(scrape.1)).contains(&into)
}

/// How long until all samples are there, nanoseconds.
fn scraped(seconds: f64) -> i64 {
    (seconds * 1e9) as i64 + i64::try_from(STORING.as_nanos()).unwrap()
}

fn length() -> i64 {
    i64::try_from(INTERVAL.as_nanos()).unwrap()
}

/// A moment as APIs write it, in unix nanoseconds.
pub(super) fn nanos(text: &str) -> i64 {
    let time = chrono::DateTime::parse_from_rfc3339(text).unwrap();
    // The year 1, which is how Go says never, is none of ours.
    time.timestamp_nanos_opt().unwrap_or(i64::MIN)
}

pub(super) fn now() -> Timestamp {
    Timestamp::default().plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}
