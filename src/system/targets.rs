//! Targets as they are listed: the troubled ones first, and found by any word about them.

use crate::api::targets::ScrapeTarget;

/// How a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// The last scrape failed.
    Down,
    /// It has not been scraped yet.
    Unknown,
    /// All is well.
    Up,
}

impl State {
    /// The word for people, and for styles.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            State::Down => "down",
            State::Unknown => "unknown",
            State::Up => "up",
        }
    }
}

/// A target in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// How it is.
    pub(super) state: State,
    /// Its group.
    pub(super) job: String,
    /// Where it is scraped, or what writes.
    pub(super) name: String,
    /// When it was last scraped or wrote, RFC 3339; empty when never.
    pub(super) last: String,
    /// Why the last scrape failed; empty when it did not.
    pub(super) error: String,
    /// The other labels, as `name="value"`.
    pub(super) labels: Vec<String>,
}

/// Go's zero time, which stands for never.
const NEVER: &str = "0001-";

/// Names that Lethe gives its targets.
const LETHE_NAMES: [&str; 2] = ["__meta_kubernetes_namespace", "__meta_kubernetes_node_name"];

/// In the order of the list.
pub(super) fn listed(targets: &[ScrapeTarget]) -> Vec<Target> {
    let mut listed: Vec<Target> = targets.iter().map(target).collect();
    listed.sort_by(|a, b| {
        let key = |it: &Target| (it.state, it.job.clone(), it.name.clone());
        key(a).cmp(&key(b))
    });
    listed
}

fn target(it: &ScrapeTarget) -> Target {
    let discovered = |name: &str| it.discovered_labels.get(name);
    let job = it.labels.get("job").or_else(|| discovered("job"));
    let name = match it.scrape_url.as_str() {
        "" => LETHE_NAMES.iter().find_map(|name| discovered(name)),
        url => Some(url),
    };
    let labels = it.labels.iter().filter(|(name, _)| *name != "job");
    Target {
        state: match it.health.as_str() {
            "up" => State::Up,
            "down" => State::Down,
            _ => State::Unknown,
        },
        job: job.unwrap_or_default().to_owned(),
        name: name.unwrap_or_default().to_owned(),
        last: Some(&it.last_scrape)
            .filter(|it| !it.starts_with(NEVER))
            .cloned()
            .unwrap_or_default(),
        error: it.last_error.clone(),
        labels: labels
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect(),
    }
}

impl Target {
    /// Whether every word of the search stands somewhere in it, whatever its case.
    pub(super) fn matches(&self, search: &str) -> bool {
        let texts = [&self.job, &self.name, &self.error];
        let texts: Vec<String> = texts
            .into_iter()
            .chain(&self.labels)
            .map(|it| it.to_lowercase())
            .chain([self.state.as_str().to_owned()])
            .collect();
        let search = search.to_lowercase();
        search
            .split_whitespace()
            .all(|word| texts.iter().any(|it| it.contains(word)))
    }
}

/// Such as `12 targets, 1 down`.
pub(super) fn summary(targets: &[Target]) -> String {
    let down = targets.iter().filter(|it| it.state == State::Down).count();
    let all = match targets.len() {
        1 => "1 target".to_owned(),
        n => format!("{n} targets"),
    };
    if down > 0 {
        format!("{all}, {down} down")
    } else {
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_model::labels::Labels;

    fn prometheus(job: &str, health: &str, error: &str) -> ScrapeTarget {
        ScrapeTarget {
            labels: Labels::from_iter([("job", job), ("instance", "n-1:9100")]),
            scrape_url: format!("http://{job}/metrics"),
            health: health.to_owned(),
            last_error: error.to_owned(),
            last_scrape: "2026-01-02T03:04:05.678Z".to_owned(),
            ..ScrapeTarget::default()
        }
    }

    #[test]
    fn what_is_down_comes_first() {
        let targets = listed(&[
            prometheus("b", "up", ""),
            prometheus("a", "up", ""),
            prometheus("c", "down", "connection refused"),
            prometheus("d", "unknown", ""),
        ]);
        let jobs: Vec<&str> = targets.iter().map(|it| it.job.as_str()).collect();
        assert_eq!(jobs, ["c", "d", "a", "b"]);
        assert_eq!(summary(&targets), "4 targets, 1 down");
        assert_eq!(summary(&targets[2..3]), "1 target");
        assert_eq!(targets[0].labels, ["instance=\"n-1:9100\""]);
    }

    #[test]
    fn all_words_are_looked_for_in_everything() {
        let target = target(&prometheus("node", "down", "Connection refused"));
        for search in ["", "  ", "NODE", "refused n-1", "down", "http://node"] {
            assert!(target.matches(search), "{search}");
        }
        for search in ["up", "node other", "metrics2"] {
            assert!(!target.matches(search), "{search}");
        }
    }

    #[test]
    fn targets_of_lethe_are_namespaces_and_nodes() {
        let it = ScrapeTarget {
            discovered_labels: Labels::from_iter([
                ("__meta_kubernetes_namespace", "shop"),
                ("job", "pod"),
            ]),
            health: "up".to_owned(),
            ..ScrapeTarget::default()
        };
        let target = target(&it);
        assert_eq!((target.job.as_str(), target.name.as_str()), ("pod", "shop"));
        assert_eq!(target.labels, [""; 0]);
    }

    #[test]
    fn a_target_that_was_never_scraped_has_no_time() {
        let never = ScrapeTarget {
            last_scrape: "0001-01-01T00:00:00Z".to_owned(),
            ..ScrapeTarget::default()
        };
        assert_eq!(target(&never).last, "");
    }
}
