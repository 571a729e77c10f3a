//! Dashboard files: the original's keys, and ours beside them.
//!
//! The types are strict, an unknown key anywhere is an error, and every key of the original
//! keeps its meaning. Numbers are `f64` everywhere, where the original cut them to integers.
//! Ours are `description`, `unit`, `decimals`, `min`, `max`, `thresholds` and `span` of a panel,
//! and `title` of a row. Defaults are left out when written, so the API answers what the file says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::threshold::Threshold;
use crate::unit::Unit;

/// One dashboard, one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its name in the menu and in the URL.
    pub title: String,
    /// From top to bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
}

/// Panels side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// A heading over the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// From left to right, in equal widths but for their `span`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panels: Vec<Panel>,
}

/// One picture and the queries behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Panel {
    /// Its heading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// How the answers are shown.
    #[serde(default, rename = "type")]
    pub kind: PanelKind,
    /// What it means and what to do about it, shown at the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Header cells of a `multitable`, the first column's included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Settings of a time series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_options: Option<ChartOptions>,
    /// The unit of all targets that name none themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Digits after the point; without it about three significant ones are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// The fixed bottom of the value axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The fixed top of the value axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Limits of all targets that name none themselves; lines on a time series.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
    /// How many times as wide as its neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<u8>,
    /// The queries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
}

impl Panel {
    /// The unit of a target: its own, else the panel's, else none.
    pub fn unit_of(&self, target: &Target) -> Unit {
        target
            .unit
            .as_ref()
            .or(self.unit.as_ref())
            .cloned()
            .unwrap_or_default()
    }

    /// The limits of a target: its own, else the panel's.
    pub fn thresholds_of<'a>(&'a self, target: &'a Target) -> &'a [Threshold] {
        if target.thresholds.is_empty() {
            &self.thresholds
        } else {
            &target.thresholds
        }
    }
}

/// Settings of a time series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ChartOptions {
    /// The value axis reaches at least up to here (the original's meaning of a maximum).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y_max: Option<f64>,
}

/// One query of a panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// PromQL, or LetheQL for `logs`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expr: String,
    /// Template of a series' name, such as `{{namespace}}/{{pod}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legend: Option<String>,
    /// Templates of a `multitable`'s cells, one column each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legends: Vec<String>,
    /// The unit of the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Labels that are columns of a `table`; the word `VALUE` is the sample's value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Header cells of these columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// The label by which a `table` joins the rows of its targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Limits that colour a `stat`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
    /// Accepted because files of the original may hold it; it had no effect there and has none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<String>,
}

/// How a panel shows its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PanelKind {
    /// Lines over time; also what a panel without a type is.
    #[default]
    TimeSeries,
    /// One big value.
    Stat,
    /// Parts of a whole.
    Piechart,
    /// Rows by label.
    Table,
    /// One row for each datasource.
    Multitable,
    /// Log lines.
    Logs,
}

/// Why a word is no panel type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown panel type `{0}`, expected one of `time_series`, `stat`, `piechart`, `table`, `multitable`, `logs`"
)]
pub struct PanelKindError(String);

impl PanelKind {
    /// The word of the files.
    pub fn as_str(self) -> &'static str {
        match self {
            PanelKind::TimeSeries => "time_series",
            PanelKind::Stat => "stat",
            PanelKind::Piechart => "piechart",
            PanelKind::Table => "table",
            PanelKind::Multitable => "multitable",
            PanelKind::Logs => "logs",
        }
    }
}

impl FromStr for PanelKind {
    type Err = PanelKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ALL: [PanelKind; 6] = [
            PanelKind::TimeSeries,
            PanelKind::Stat,
            PanelKind::Piechart,
            PanelKind::Table,
            PanelKind::Multitable,
            PanelKind::Logs,
        ];
        ALL.into_iter()
            .find(|it| it.as_str() == text)
            .ok_or_else(|| PanelKindError(text.to_owned()))
    }
}

impl fmt::Display for PanelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for PanelKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PanelKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_what_the_file_says() {
        let text = r#"{"title":"Node","rows":[{"panels":[{"title":"cpu","type":"time_series","chartOptions":{"yMax":100.0},"targets":[{"expr":"up","legend":"{{node}}","thresholds":[{"values":[0.8,0.95],"invert":true}]}]}]}]}"#;
        let dashboard: Dashboard = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&dashboard).unwrap(), text);
        assert_eq!(
            dashboard.rows[0].panels[0].targets[0].thresholds[0].values,
            [0.8, 0.95]
        );
    }

    #[test]
    fn unknown_words_are_errors_that_name_the_known_ones() {
        let unknown = serde_json::from_str::<Dashboard>(r#"{"title":"x","rowz":[]}"#);
        assert!(
            unknown
                .unwrap_err()
                .to_string()
                .contains("expected `title` or `rows`")
        );
        let error = "timeseries".parse::<PanelKind>().unwrap_err().to_string();
        assert!(
            error.contains("`timeseries`") && error.contains("`time_series`"),
            "{error}"
        );
    }
}
