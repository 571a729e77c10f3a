//! What a `logs` panel shows: the newest lines of all its targets.

use venti_model::answer::{Answer, Data, LogRow};

use crate::api::ApiError;

/// Lines, and what the database says about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LogLines {
    /// Oldest first.
    pub(crate) rows: Vec<LogRow>,
    /// Such as that there were more.
    pub(crate) warnings: Vec<String>,
}

/// The newest `limit` lines of all answers, in the order of time.
pub(crate) fn lines(answers: Vec<Answer>, limit: usize) -> Result<LogLines, ApiError> {
    let is_merged = answers.len() > 1;
    let mut lines = LogLines::default();
    for answer in answers {
        let Data::Logs(rows) = answer.data else {
            let message = "the query did not answer log lines";
            return Err(ApiError::Decode(message.to_owned()));
        };
        lines.rows.extend(rows);
        lines.warnings.extend(answer.warnings);
    }
    if is_merged {
        // Times of one spelling sort as text; a stable sort keeps the rest as it came.
        lines.rows.sort_by(|a, b| a.time.cmp(&b.time));
    }
    let surplus = lines.rows.len().saturating_sub(limit);
    lines.rows.drain(..surplus);
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(times: &[&str]) -> Answer {
        let rows = times.iter().map(|time| LogRow {
            time: format!("2024-01-01T00:00:{time}Z"),
            ..LogRow::default()
        });
        Answer {
            data: Data::Logs(rows.collect()),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn keeps_the_newest_of_all_targets_in_order() {
        let lines = lines(vec![answer(&["01", "03"]), answer(&["02", "04"])], 3).unwrap();
        let seconds: Vec<_> = lines.rows.iter().map(|it| &it.time[17..19]).collect();
        assert_eq!(seconds, ["02", "03", "04"]);
    }

    #[test]
    fn other_answers_are_refused() {
        let scalar = Answer {
            data: Data::Scalar(0.0, 1.0),
            warnings: Vec::new(),
        };
        assert!(lines(vec![scalar], 3).is_err());
    }
}
