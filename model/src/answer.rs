//! Answers of Prometheus and Lethe, decoded once into what is drawn.
//!
//! A range query becomes columns, [`Matrix`]: one column of times and one of values for each
//! series, so that drawing and hovering touch nothing else. An answer that is no JSON, is cut
//! short or holds an error is a [`DecodeError`] whose text can stand in a panel as it is.

use crate::api::ErrorBody;

mod histogram;
mod log;
mod matrix;
mod sample;
mod wire;

use wire::Envelope;

pub use log::LogRow;
pub use matrix::{Matrix, MatrixSeries};
pub use sample::{Sample, parse_value};

/// A successful answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was asked for.
    pub data: Data,
    /// Reasons to doubt it, in the datasource's words.
    pub warnings: Vec<String>,
    /// Of log lines, the cursor behind which the next page begins, when there is one.
    pub next: Option<String>,
}

/// What a query can answer, by `resultType`.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Samples at one moment.
    Vector(Vec<Sample>),
    /// Samples over a range.
    Matrix(Matrix),
    /// One number without labels, at its time in unix seconds.
    Scalar(f64, f64),
    /// A text without labels.
    Text(String),
    /// Log lines, ascending in time.
    Logs(Vec<LogRow>),
}

/// Why an answer could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The datasource says that it failed.
    #[error("{error}")]
    Refused {
        /// Prometheus' word for the kind of failure.
        error_type: String,
        /// Its message.
        error: String,
    },
    /// The body is a web page or other text; its beginning is quoted.
    #[error("the datasource answered something other than JSON: {0}")]
    NotJson(String),
    /// The body is JSON but not such an answer, or ends in its middle.
    #[error("the datasource's answer is incomplete or damaged: {0}")]
    Damaged(String),
}

impl Answer {
    /// Decodes the body of `/api/v1/query` or `/api/v1/query_range`.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        if let Some(answer) = Self::decode_matrix(body) {
            return Ok(answer);
        }
        serde_json::from_slice::<Envelope>(body)
            .map(Self::from)
            .map_err(|it| explain(body, &it))
    }

    /// Decodes the usual large answer quickly. The part around the samples goes through the
    /// general reader, which must find an answer without series.
    fn decode_matrix(body: &[u8]) -> Option<Self> {
        let (matrix, rest) = matrix::scan(body)?;
        let answer = Self::from(serde_json::from_slice::<Envelope>(&rest).ok()?);
        let is_rest = answer.data == Data::Matrix(Matrix::default());
        is_rest.then_some(Self {
            data: Data::Matrix(matrix),
            ..answer
        })
    }
}

/// Finds the reason why a body is no successful answer.
fn explain(body: &[u8], error: &serde_json::Error) -> DecodeError {
    if let Ok(ErrorBody {
        error_type, error, ..
    }) = serde_json::from_slice(body)
    {
        return DecodeError::Refused { error_type, error };
    }
    let text = String::from_utf8_lossy(body.get(..400).unwrap_or(body));
    let text = text.trim();
    if text.starts_with('{') {
        DecodeError::Damaged(error.to_string())
    } else if text.is_empty() {
        DecodeError::NotJson("nothing at all".to_owned())
    } else {
        DecodeError::NotJson(text.chars().take(120).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::Labels;
    use proptest::prelude::*;

    #[test]
    fn decodes_each_kind() {
        let decode = |text: &str| Answer::decode(text.as_bytes()).unwrap().data;
        assert_eq!(
            decode(
                r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.5,"+Inf"]}]}}"#
            ),
            Data::Vector(vec![Sample {
                labels: Labels::from_iter([("a", "b")]),
                time: 1.5,
                value: f64::INFINITY,
                histogram: None,
            }])
        );
        let Data::Vector(samples) = decode(
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[2,{"count":"1","sum":"2"}]},{"metric":{"a":"b"},"value":[2,"7"]}]}}"#,
        ) else {
            panic!("no vector");
        };
        assert_eq!(samples[0].histogram.as_deref(), Some("{count:1, sum:2}"));
        assert_eq!((samples[1].value, &samples[1].histogram), (7.0, &None));
        assert_eq!(
            decode(r#"{"status":"success","data":{"resultType":"scalar","result":[2,"7"]}}"#),
            Data::Scalar(2.0, 7.0)
        );
        assert_eq!(
            decode(
                r#"{"data":{"result":[{"time":"2024-01-01T00:00:00Z","node":"n","process":"p","log":"l"}],"resultType":"logs"},"status":"success"}"#
            ),
            Data::Logs(vec![LogRow {
                time: "2024-01-01T00:00:00Z".into(),
                node: Some("n".into()),
                process: Some("p".into()),
                log: "l".into(),
                ..LogRow::default()
            }])
        );
    }

    #[test]
    fn pages_of_log_lines_tell_where_the_next_one_begins() {
        let body = r#"{"data":{"next":"1.5:7:pod/a","result":[{"time":"t","log":"l","cursor":"1.5:7:pod/a"}],"resultType":"logs"},"status":"success"}"#;
        let answer = Answer::decode(body.as_bytes()).unwrap();
        assert_eq!(answer.next.as_deref(), Some("1.5:7:pod/a"));
        let Data::Logs(rows) = answer.data else {
            panic!("{answer:?}");
        };
        assert_eq!(rows[0].cursor, answer.next);
    }

    #[test]
    fn says_what_came_instead() {
        let decode = |text: &str| Answer::decode(text.as_bytes()).unwrap_err();
        assert_eq!(
            decode(r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#),
            DecodeError::Refused {
                error_type: "bad_data".into(),
                error: "parse error".into()
            }
        );
        assert!(
            matches!(decode("<html><h1>502 Bad Gateway"), DecodeError::NotJson(text) if text.contains("502"))
        );
        assert!(matches!(decode(""), DecodeError::NotJson(_)));
        assert!(matches!(
            decode(r#"{"status":"success","data":{"resultType":"ma"#),
            DecodeError::Damaged(_)
        ));
        assert!(matches!(
            decode(
                r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}"#
            ),
            DecodeError::Damaged(_)
        ));
    }

    #[test]
    fn keeps_warnings_that_are_texts() {
        let body = r#"{"status":"success","data":{"resultType":"vector","result":[]},"warnings":[{},"look out"]}"#;
        assert_eq!(
            Answer::decode(body.as_bytes()).unwrap().warnings,
            ["look out"]
        );
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Answer::decode(&body);
        }
    }
}
