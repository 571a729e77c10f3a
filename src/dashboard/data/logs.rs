//! What a `logs` panel shows: the newest lines of all its targets.

use venti_model::answer::Answer;

use crate::api::ApiError;
use crate::logs::Page;

/// The newest `limit` lines of all answers, in the order of time.
pub(crate) fn newest(answers: Vec<Answer>, limit: usize) -> Result<Page, ApiError> {
    let is_merged = answers.len() > 1;
    let mut newest = Page::default();
    for answer in answers {
        let page = Page::of(answer)
            .ok_or_else(|| ApiError::Decode("the query did not answer log lines".to_owned()))?;
        newest.rows.extend(page.rows);
        newest.warnings.extend(page.warnings);
    }
    if is_merged {
        // Times of one spelling sort as text; a stable sort keeps the rest as it came.
        newest.rows.sort_by(|a, b| a.time.cmp(&b.time));
    }
    let surplus = newest.rows.len().saturating_sub(limit);
    newest.rows.drain(..surplus);
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_model::answer::{Data, LogRow};

    fn answer(times: &[&str]) -> Answer {
        let rows = times.iter().map(|time| LogRow {
            time: format!("2024-01-01T00:00:{time}Z"),
            ..LogRow::default()
        });
        Answer {
            data: Data::Logs(rows.collect()),
            warnings: Vec::new(),
            next: None,
        }
    }

    #[test]
    fn keeps_the_newest_of_all_targets_in_order() {
        let newest = newest(vec![answer(&["01", "03"]), answer(&["02", "04"])], 3).unwrap();
        let seconds: Vec<_> = newest.rows.iter().map(|it| &it.time[17..19]).collect();
        assert_eq!(seconds, ["02", "03", "04"]);
    }

    #[test]
    fn other_answers_are_refused() {
        let scalar = Answer {
            data: Data::Scalar(0.0, 1.0),
            warnings: Vec::new(),
            next: None,
        };
        assert!(newest(vec![scalar], 3).is_err());
    }
}
