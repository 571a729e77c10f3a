//! What a `table` panel shows: rows of labels and values, joined over targets by a key label.

use std::collections::HashMap;

use venti_model::answer::{Answer, Sample};
use venti_model::dashboard::{Panel, Target};
use venti_model::unit::FormatOptions;

use super::samples;
use crate::api::ApiError;

/// The word that stands for the sample's value among the columns.
const VALUE: &str = "VALUE";

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    /// What it says.
    pub(crate) text: String,
    /// Its value, by which a column of numbers is sorted.
    pub(crate) number: Option<f64>,
}

impl Cell {
    /// A cell with a label.
    pub(crate) fn label(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            number: text.parse().ok(),
            text,
        }
    }
}

/// A table, all rows as long as the header.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TableData {
    /// Header cells.
    pub(crate) headers: Vec<String>,
    /// Rows in order of first appearance.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// Joins the answers of all targets: rows of equal key become one, and each target adds its
/// columns. A target without a key does not join; one without columns shows all its labels.
pub(crate) fn table(
    panel: &Panel,
    answers: Vec<Answer>,
    format: &FormatOptions,
) -> Result<TableData, ApiError> {
    let format = FormatOptions {
        decimals: panel.decimals,
        ..*format
    };
    let mut table = TableData::default();
    let mut rows_by_key: HashMap<String, usize> = HashMap::new();
    for (target, answer) in panel.targets.iter().zip(answers) {
        let samples = samples(answer)?;
        let columns = columns(target, &samples);
        let first = table.headers.len();
        table.headers.extend(
            columns
                .iter()
                .enumerate()
                .map(|(at, column)| target.headers.get(at).unwrap_or(column).clone()),
        );
        let unit = panel.unit_of(target);
        for sample in samples {
            let key = match target.key.as_deref() {
                Some(label) => sample.labels.get(label).unwrap_or_default().to_owned(),
                None => format!("{first} {}", sample.labels),
            };
            let at = *rows_by_key.entry(key).or_insert_with(|| {
                table.rows.push(Vec::new());
                table.rows.len() - 1
            });
            let cells = columns.iter().map(|column| match column.as_str() {
                VALUE => Cell {
                    text: unit.format(sample.value, &format),
                    number: Some(sample.value),
                },
                label => Cell::label(sample.labels.get(label).unwrap_or_default()),
            });
            let row = &mut table.rows[at];
            // Also cuts off what an earlier sample of this target with the same key left.
            row.resize(first, Cell::default());
            row.extend(cells);
        }
    }
    for row in &mut table.rows {
        row.resize(table.headers.len(), Cell::default());
    }
    Ok(table)
}

fn columns(target: &Target, samples: &[Sample]) -> Vec<String> {
    if !target.columns.is_empty() {
        return target.columns.clone();
    }
    let mut columns: Vec<String> = samples
        .iter()
        .flat_map(|it| it.labels.iter())
        .map(|(name, _)| name.to_owned())
        .collect();
    columns.sort();
    columns.dedup();
    columns.push(VALUE.to_owned());
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(samples: &[(&str, &str, &str)]) -> Answer {
        let samples: Vec<String> = samples
            .iter()
            .map(|(node, os, value)| {
                format!(r#"{{"metric":{{"node":"{node}","os":"{os}"}},"value":[1,"{value}"]}}"#)
            })
            .collect();
        let body = format!(
            r#"{{"status":"success","data":{{"resultType":"vector","result":[{}]}}}}"#,
            samples.join(",")
        );
        Answer::decode(body.as_bytes()).unwrap()
    }

    fn target(columns: &[&str], headers: &[&str]) -> Target {
        Target {
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
            headers: headers.iter().map(|it| (*it).to_owned()).collect(),
            key: Some("node".into()),
            ..Target::default()
        }
    }

    fn text(panel: &Panel, answers: Vec<Answer>) -> (Vec<String>, Vec<Vec<String>>) {
        let table = table(panel, answers, &FormatOptions::default()).unwrap();
        let rows = table
            .rows
            .iter()
            .map(|row| row.iter().map(|it| it.text.clone()).collect());
        (table.headers.clone(), rows.collect())
    }

    #[test]
    fn joins_by_key_in_order_of_appearance() {
        let panel = Panel {
            targets: vec![
                target(&["node", "os"], &["Node", "OS"]),
                target(&["VALUE"], &["Load"]),
            ],
            ..Panel::default()
        };
        let answers = vec![
            answer(&[("b", "debian", "1"), ("a", "alpine", "1")]),
            answer(&[("a", "", "0.5"), ("c", "", "9")]),
        ];
        let (headers, rows) = text(&panel, answers);
        assert_eq!(headers, ["Node", "OS", "Load"]);
        assert_eq!(
            rows,
            [["b", "debian", ""], ["a", "alpine", "0.500"], ["", "", "9"]]
        );
    }

    #[test]
    fn the_last_of_equal_keys_wins_within_a_target() {
        let panel = Panel {
            targets: vec![target(&["node", "VALUE"], &[])],
            ..Panel::default()
        };
        let (headers, rows) = text(&panel, vec![answer(&[("a", "", "1"), ("a", "", "2")])]);
        assert_eq!(headers, ["node", "VALUE"]);
        assert_eq!(rows, [["a", "2"]]);
    }

    #[test]
    fn without_columns_all_labels_show() {
        let panel = Panel {
            targets: vec![Target::default()],
            ..Panel::default()
        };
        let (headers, rows) = text(&panel, vec![answer(&[("a", "x", "1")])]);
        assert_eq!(headers, ["node", "os", "VALUE"]);
        assert_eq!(rows, [["a", "x", "1"]]);
    }
}
