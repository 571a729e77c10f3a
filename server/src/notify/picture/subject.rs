//! What a picture of an alert is of.

use std::sync::Arc;

use venti_alert::comparison::comparison;
use venti_alert::expression::{Answers, Expression, Language};
use venti_model::answer::Data;
use venti_model::dashboard::{Panel, PanelKind, Target};
use venti_model::labels::Labels;
use venti_model::step::{FINEST_STEP, Grid};
use venti_model::threshold::Threshold;
use venti_model::time::Span;

use super::super::alert::Alert;
use crate::App;
use crate::dashboards::reference;
use crate::datasource::{Choice, Datasource};

/// How far back a picture goes, in seconds.
const HOUR: i64 = 3600;

/// The width that decides about the step, in CSS pixels.
const WIDTH: f64 = 680.0;

/// A panel, and who is asked for it.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) panel: Panel,
    /// What stands below the title.
    pub(super) about: String,
    pub(super) datasource: Arc<Datasource>,
    pub(super) grid: Grid,
    /// Whether it is the rule's own expression.
    is_own: bool,
}

impl Subject {
    /// Nothing where the rule names no panel and has no numbers over time itself.
    pub(super) fn of(app: &App, alert: &Alert) -> Option<Result<Self, String>> {
        match alert.annotation("panel") {
            Some(reference) => Some(Self::panel(app, alert, reference)),
            None => Self::expression(app, alert).map(Ok),
        }
    }

    fn panel(app: &App, alert: &Alert, reference: &str) -> Result<Self, String> {
        let live = app.live();
        let found = reference::panel(&live.config.dashboards, reference);
        let (dashboard, panel) = found.map_err(|it| it.to_string())?;
        if panel.kind == PanelKind::Logs {
            return Err(format!("the panel `{reference}` shows lines, no numbers"));
        }
        // The page asks the main one; here the alert knows better where it comes from.
        let own = alert.datasource_type == "prometheus" && !alert.datasource.is_empty();
        let datasource = live.datasources.choose(&Choice {
            name: own.then(|| alert.datasource.clone()),
            kind: Some("prometheus".to_owned()),
        });
        let grid = hour(alert);
        Ok(Self {
            panel: panel.clone(),
            about: format!("{} · {}", dashboard.title, when(alert, grid)),
            datasource: datasource.map_err(|it| it.to_string())?.clone(),
            grid,
            is_own: false,
        })
    }

    fn expression(app: &App, alert: &Alert) -> Option<Self> {
        let language = match alert.datasource_type.as_str() {
            "prometheus" => Language::PromQl,
            "lethe" => Language::LetheQl,
            _ => return None,
        };
        let (expression, _) = Expression::parse(&alert.expression, language).ok()?;
        let sides = comparison(&expression.text).filter(|_| language == Language::PromQl);
        let asked = match (&expression.answers, &sides) {
            (Answers::Lines(_), _) => return None,
            (Answers::Samples, Some(sides)) => sides.compared.clone(),
            (Answers::Samples, None) => expression.text.clone(),
        };
        let live = app.live();
        let datasource = live.datasources.choose(&Choice {
            name: (!alert.datasource.is_empty()).then(|| alert.datasource.clone()),
            kind: Some(alert.datasource_type.clone()),
        });
        let thresholds = sides.iter().map(|it| Threshold {
            values: vec![it.limit],
            invert: false,
        });
        let grid = hour(alert);
        Some(Self {
            about: format!("{} · {asked}", when(alert, grid)),
            panel: Panel {
                title: alert.label("alertname").to_owned(),
                thresholds: thresholds.collect(),
                targets: vec![Target {
                    expr: asked,
                    ..Target::default()
                }],
                ..Panel::default()
            },
            datasource: datasource.ok()?.clone(),
            grid,
            is_own: true,
        })
    }

    /// The series of the rule's own expression with the alert's own ones first, and without labels
    /// that all of them have: they say nothing.
    pub(super) fn arranged(&self, data: Data, alert: &Alert) -> Data {
        let Data::Matrix(mut matrix) = data else {
            return data;
        };
        if !self.is_own || matrix.series.len() < 2 {
            return Data::Matrix(matrix);
        }
        let own = &alert.message.labels;
        let same = |labels: &Labels| {
            labels
                .iter()
                .filter(|it| own.get(it.0) == Some(it.1))
                .count()
        };
        matrix
            .series
            .sort_by_key(|it| std::cmp::Reverse(same(&it.labels)));
        let first = matrix.series.first().map(|it| it.labels.clone());
        let first = first.unwrap_or_default();
        let is_shared = |name: &str, value: &str| {
            let mut others = matrix.series.iter();
            others.all(|it| it.labels.get(name) == Some(value))
        };
        let shared: Vec<&str> = first
            .iter()
            .filter(|(name, value)| is_shared(name, value))
            .map(|(name, _)| name)
            .collect();
        for series in &mut matrix.series {
            let told = series.labels.iter();
            series.labels = told.filter(|(name, _)| !shared.contains(name)).collect();
        }
        Data::Matrix(matrix)
    }
}

/// The hour up to the evaluation, or to the end of the alert.
fn hour(alert: &Alert) -> Grid {
    let end = alert.resolved_at.unwrap_or(alert.at).seconds().floor();
    let span = Span {
        start: end - HOUR as f64,
        end,
    };
    Grid {
        start: end as i64 - HOUR,
        end: end as i64,
        ..Grid::for_width(span, WIDTH, FINEST_STEP)
    }
}

/// `12:03 to 13:03 UTC, fires since 12:55:10`
fn when(alert: &Alert, grid: Grid) -> String {
    let clock = |at: venti_alert::Timestamp, digits: usize| {
        let text = at.to_rfc3339_millis();
        text.get(11..11 + digits).unwrap_or_default().to_owned()
    };
    let [start, end] =
        [grid.start, grid.end].map(|it| clock(venti_alert::Timestamp::from_seconds(it as f64), 5));
    let since = clock(alert.fired_at, 8);
    format!("{start} to {end} UTC, fires since {since}")
}

#[cfg(test)]
mod tests {
    use super::super::super::alert::tests::firing;
    use super::*;

    #[test]
    fn the_hour_ends_with_the_evaluation() {
        let alert = firing("a", 1_700_003_000, 1_700_003_600);
        let grid = hour(&alert);
        assert_eq!((grid.start, grid.end), (1_700_000_000, 1_700_003_600));
        assert_eq!(grid.step, 10);
        assert_eq!(
            when(&alert, grid),
            "22:13 to 23:13 UTC, fires since 23:03:20"
        );
    }
}
