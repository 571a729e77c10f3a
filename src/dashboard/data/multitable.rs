//! What a `multitable` panel shows: one row for each Prometheus datasource, so several clusters
//! stand in one table.

use venti_model::answer::{Answer, Sample};
use venti_model::dashboard::{Panel, Target};
use venti_model::legend;
use venti_model::unit::FormatOptions;

use super::samples;
use super::table::{Cell, TableData};
use crate::api::ApiError;

/// One datasource with its answer to each target, or why there is none.
pub(crate) type SourceAnswers = (String, Vec<Result<Answer, ApiError>>);

/// The table: the datasource's name, then for each target its value or one cell a template. A
/// datasource that failed says so in its own row.
pub(crate) fn table(
    panel: &Panel,
    sources: Vec<SourceAnswers>,
    format: &FormatOptions,
) -> TableData {
    let format = FormatOptions {
        decimals: panel.decimals,
        ..*format
    };
    let rows: Vec<Vec<Cell>> = sources
        .into_iter()
        .map(|(name, answers)| {
            let mut row = vec![Cell::label(name)];
            for (target, answer) in panel.targets.iter().zip(answers) {
                row.extend(cells(panel, target, answer.and_then(samples), &format));
            }
            row
        })
        .collect();
    let width = 1 + panel
        .targets
        .iter()
        .map(|it| it.legends.len().max(1))
        .sum::<usize>();
    let mut headers = panel.headers.clone();
    headers.resize(width, String::new());
    TableData { headers, rows }
}

fn cells(
    panel: &Panel,
    target: &Target,
    samples: Result<Vec<Sample>, ApiError>,
    format: &FormatOptions,
) -> Vec<Cell> {
    let width = target.legends.len().max(1);
    let sample = match samples {
        Ok(samples) => samples.into_iter().next(),
        Err(error) => return vec![Cell::label(format!("failed: {error}")); width],
    };
    match sample {
        None => vec![Cell::label("–"); width],
        Some(sample) if target.legends.is_empty() => {
            let text = panel.unit_of(target).format(sample.value, format);
            vec![Cell {
                text,
                number: Some(sample.value),
            }]
        }
        Some(sample) => {
            let cell = |it: &String| Cell::label(legend::render(Some(it), &sample.labels));
            target.legends.iter().map(cell).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_a_datasource_and_failures_in_their_row() {
        let target = |legends: &[&str]| Target {
            legends: legends.iter().map(|it| (*it).to_owned()).collect(),
            ..Target::default()
        };
        let panel = Panel {
            headers: vec!["cluster".into(), "nodes".into()],
            targets: vec![target(&[]), target(&["{{version}}", "{{os}}"])],
            ..Panel::default()
        };
        let answer = |labels: &str| {
            let body = format!(
                r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{labels},"value":[1,"3"]}}]}}}}"#
            );
            Answer::decode(body.as_bytes()).map_err(|it| ApiError::Decode(it.to_string()))
        };
        let down = || Err(ApiError::Network("down".into()));
        let sources = vec![
            (
                "east".to_owned(),
                vec![answer("{}"), answer(r#"{"version":"v1","os":"linux"}"#)],
            ),
            ("west".to_owned(), vec![down(), down()]),
        ];
        let table = table(&panel, sources, &FormatOptions::default());
        assert_eq!(table.headers, ["cluster", "nodes", "", ""]);
        let texts: Vec<Vec<&str>> = table
            .rows
            .iter()
            .map(|row| row.iter().map(|it| it.text.as_str()).collect())
            .collect();
        assert_eq!(texts[0], ["east", "3", "v1", "linux"]);
        assert_eq!(texts[1].len(), 4);
        assert!(texts[1][1].contains("failed"));
    }
}
