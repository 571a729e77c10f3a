//! Questions that are answered with lines.

use crate::letheql::{LogQuery, LogType};
use crate::search::{Anchor, Cursor, Kept, Row, Rows, Side, TimeRange};

use super::Lethe;
use super::error::QueryError;

/// Memory that the rows of one answer may take.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Which of the lines of a query are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The times, both ends included.
    pub range: TimeRange,
    /// How many rows at most; nothing for as many as the options say.
    pub limit: Option<usize>,
    /// Which rows, when there are more.
    pub side: Side,
    /// Where they begin, if not at the end of the range.
    pub from: Option<Anchor>,
}

impl Page {
    /// The newest rows of a range.
    pub fn newest(range: TimeRange, limit: Option<usize>) -> Page {
        Page {
            range,
            limit,
            side: Side::Newest,
            from: None,
        }
    }
}

/// The lines that a query asked for.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the labels of the rows mean.
    pub log_type: LogType,
    /// Rows by ascending time.
    pub rows: Vec<Row>,
    /// Where the next page begins, if more rows match.
    pub next: Option<Cursor>,
    /// What the reader of the rows should know, as sentences.
    pub warnings: Vec<String>,
}

impl Lethe {
    /// Answers a LetheQL query with the lines of a page. Dropping the future
    /// ends the search.
    pub async fn query(&self, query: LogQuery, page: Page) -> Result<Answer, QueryError> {
        let side = page.side;
        let (mut answer, has_more) = self.page(query, page).await?;
        if has_more {
            let (last, side) = match side {
                Side::Newest => (answer.rows.first(), "newest"),
                Side::Oldest => (answer.rows.last(), "oldest"),
            };
            answer.next = last.map(Row::cursor);
            let n_rows = answer.rows.len();
            let warning = format!("more than {n_rows} rows match, these are the {side} {n_rows}");
            answer.warnings.insert(0, warning);
        }
        Ok(answer)
    }

    /// The line at a cursor with `count` lines before and as many behind it, of
    /// those that a query selects in a range.
    pub async fn context(
        &self,
        query: LogQuery,
        cursor: Cursor,
        range: TimeRange,
        count: usize,
    ) -> Result<Answer, QueryError> {
        let page = |side, is_included| Page {
            range,
            limit: Some(count.saturating_add(usize::from(is_included))),
            side,
            from: Some(Anchor {
                cursor: cursor.clone(),
                is_included,
            }),
        };
        let (before, _) = self.page(query.clone(), page(Side::Newest, false)).await?;
        let (mut answer, _) = self.page(query, page(Side::Oldest, true)).await?;
        answer.rows.splice(..0, before.rows);
        let told = answer.warnings.clone();
        let more = before.warnings.into_iter();
        answer.warnings.extend(more.filter(|it| !told.contains(it)));
        Ok(answer)
    }

    /// The lines of a page, and whether there are more.
    async fn page(&self, query: LogQuery, page: Page) -> Result<(Answer, bool), QueryError> {
        let log_type = query.log_type;
        let limit = page.limit.unwrap_or(self.options.limit);
        let rows = Rows::new(page.side, limit, MAX_ANSWER_BYTES).from(page.from);
        let found = self.search(query, page.range, rows).await?;
        let Kept { rows, has_more } = found.sink.finish(&found.files);
        self.metrics.found(rows.len());
        let answer = Answer {
            log_type,
            rows,
            next: None,
            warnings: found.warnings,
        };
        Ok((answer, has_more))
    }
}
