//! Which rules and alerts are wanted, as the URL says it.

use venti_model::api::alerts::{AlertState, AlertingRule, Rule, RuleHealth};

/// Where a rule is. Those that need somebody come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RuleState {
    /// An alert of it fires.
    Firing,
    /// An alert of it is about to fire.
    Pending,
    /// It could not be evaluated, so nobody knows.
    Failing,
    /// It was not evaluated yet.
    Unknown,
    /// It was evaluated, and there is nothing.
    Inactive,
    /// It computes a series, and is not evaluated here.
    Recording,
}

impl RuleState {
    /// All of them, in the order in which they show.
    pub(super) const ALL: [RuleState; 6] = [
        RuleState::Firing,
        RuleState::Pending,
        RuleState::Failing,
        RuleState::Unknown,
        RuleState::Inactive,
        RuleState::Recording,
    ];

    /// The state of a rule. One that fails and has no alert is not inactive: its last answer says
    /// nothing about now.
    pub(super) fn of(rule: &Rule) -> Self {
        match rule {
            Rule::Recording(_) => RuleState::Recording,
            Rule::Alerting(rule) => match rule.state {
                AlertState::Firing => RuleState::Firing,
                AlertState::Pending => RuleState::Pending,
                _ if rule.health == RuleHealth::Err => RuleState::Failing,
                AlertState::Unknown => RuleState::Unknown,
                AlertState::Inactive => RuleState::Inactive,
            },
        }
    }

    /// The state of an alert.
    pub(super) fn of_alert(state: AlertState) -> Self {
        match state {
            AlertState::Firing => RuleState::Firing,
            AlertState::Pending => RuleState::Pending,
            AlertState::Unknown => RuleState::Unknown,
            AlertState::Inactive => RuleState::Inactive,
        }
    }

    /// The word of URLs, styles and screens.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            RuleState::Firing => "firing",
            RuleState::Pending => "pending",
            RuleState::Failing => "failing",
            RuleState::Unknown => "unknown",
            RuleState::Inactive => "inactive",
            RuleState::Recording => "recording",
        }
    }

    /// What it says about a rule.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            RuleState::Firing => "people are told",
            RuleState::Pending => "true, but not for long enough yet",
            RuleState::Failing => "cannot be evaluated, so nobody knows",
            RuleState::Unknown => "not evaluated yet",
            RuleState::Inactive => "evaluated, and there is nothing to tell",
            RuleState::Recording => "recording rules are not evaluated here",
        }
    }
}

/// What is wanted. Nothing chosen and nothing written: everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// In the order of [`RuleState::ALL`].
    states: Vec<RuleState>,
    /// Lower-case; each has to occur.
    words: Vec<String>,
}

impl Filter {
    /// Reads the parameters of a URL; words that are no state are left out.
    pub(super) fn new(states: Option<&str>, search: Option<&str>) -> Self {
        let is_chosen = |state: &RuleState| {
            let mut words = states.unwrap_or_default().split(',');
            words.any(|it| it == state.as_str())
        };
        let words = search.unwrap_or_default().to_lowercase();
        Self {
            states: RuleState::ALL.into_iter().filter(is_chosen).collect(),
            words: words.split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// Whether anything is left out.
    pub(super) fn is_narrow(&self) -> bool {
        !(self.states.is_empty() && self.words.is_empty())
    }

    /// Whether a state was chosen.
    pub(super) fn has(&self, state: RuleState) -> bool {
        self.states.contains(&state)
    }

    /// The parameter of the URL after a state was chosen, or was chosen no more.
    pub(super) fn toggled(&self, state: RuleState) -> Option<String> {
        let states: Vec<_> = RuleState::ALL
            .into_iter()
            .filter(|it| self.has(*it) != (*it == state))
            .map(RuleState::as_str)
            .collect();
        Some(states.join(",")).filter(|it| !it.is_empty())
    }

    /// Whether a rule is wanted for its state, whatever its alerts are.
    pub(super) fn wants_rule(&self, rule: &Rule) -> bool {
        let fails = matches!(rule, Rule::Alerting(AlertingRule { health, .. }) if *health == RuleHealth::Err);
        self.states.is_empty()
            || self.has(RuleState::of(rule))
            || (fails && self.has(RuleState::Failing))
    }

    /// Whether an alert is wanted for its state, where its rule is.
    pub(super) fn wants_alert(&self, state: AlertState) -> bool {
        let is_about_alerts = self.has(RuleState::Firing) || self.has(RuleState::Pending);
        !is_about_alerts || self.has(RuleState::of_alert(state))
    }

    /// Whether all words occur in one of the texts, which are in lower case.
    pub(super) fn finds(&self, texts: &[&str]) -> bool {
        let occurs = |word: &String| texts.iter().any(|it| it.contains(word.as_str()));
        self.words.iter().all(occurs)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn states_survive_the_url() {
        let none = Filter::default();
        let firing = none.toggled(RuleState::Firing);
        assert_eq!(firing.as_deref(), Some("firing"));
        let filter = Filter::new(firing.as_deref(), None);
        let both = filter.toggled(RuleState::Unknown);
        assert_eq!(both.as_deref(), Some("firing,unknown"));
        let filter = Filter::new(both.as_deref(), None);
        assert!(filter.has(RuleState::Unknown) && !filter.has(RuleState::Pending));
        assert_eq!(
            filter.toggled(RuleState::Firing).as_deref(),
            Some("unknown")
        );
        assert_eq!(
            Filter::new(Some("unknown"), None).toggled(RuleState::Unknown),
            None
        );
        assert_eq!(Filter::new(Some("Firing,,nothing"), Some(" ")), none);
        assert!(!none.is_narrow() && filter.is_narrow());
    }

    #[test]
    fn every_word_has_to_occur() {
        let filter = Filter::new(None, Some("  Node  severity=page"));
        assert!(filter.finds(&["nodedown", "alertname=nodedown\nseverity=page"]));
        assert!(!filter.finds(&["nodedown"]));
        assert!(Filter::default().finds(&[]));
    }

    proptest! {
        #[test]
        fn no_url_is_too_strange(states: String, search: String) {
            let filter = Filter::new(Some(&states), Some(&search));
            for state in RuleState::ALL {
                let there = Filter::new(filter.toggled(state).as_deref(), Some(&search));
                prop_assert_eq!(there.has(state), !filter.has(state));
                let back = Filter::new(there.toggled(state).as_deref(), Some(&search));
                prop_assert_eq!(&back, &filter);
            }
        }
    }
}
