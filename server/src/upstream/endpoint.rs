//! What can be asked of a datasource: the known paths of its API with their known parameters.
//! Nothing else can be reached through the server.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use venti_model::api::datasources::DatasourceType;

/// An endpoint of a datasource's API.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A query at one moment.
    Query,
    /// A query over a range.
    QueryRange,
    /// Series that match a selector.
    Series,
    /// Names of labels.
    Labels,
    /// Values of one label.
    LabelValues(LabelName),
    /// Metric names with types and help texts, or log targets.
    Metadata,
    /// What is scraped, or what has logs.
    Targets,
    /// Rules and their states.
    Rules,
    /// Active alerts.
    Alerts,
    /// A query, set in order.
    FormatQuery,
    /// Whether it is well.
    Healthy,
    /// Lines in each step by level.
    Histogram,
    /// The lines round one.
    Context,
    /// Lines as they are written, without an end.
    Tail,
}

impl Endpoint {
    /// The path at the datasource, below its prefix.
    pub fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Endpoint::Query => "/api/v1/query",
            Endpoint::QueryRange => "/api/v1/query_range",
            Endpoint::Series => "/api/v1/series",
            Endpoint::Labels => "/api/v1/labels",
            Endpoint::LabelValues(name) => {
                return Cow::Owned(format!("/api/v1/label/{name}/values"));
            }
            Endpoint::Metadata => "/api/v1/metadata",
            Endpoint::Targets => "/api/v1/targets",
            Endpoint::Rules => "/api/v1/rules",
            Endpoint::Alerts => "/api/v1/alerts",
            Endpoint::FormatQuery => "/api/v1/format_query",
            Endpoint::Healthy => "/-/healthy",
            Endpoint::Histogram => "/api/v1/histogram",
            Endpoint::Context => "/api/v1/context",
            Endpoint::Tail => "/api/v1/tail",
        })
    }

    /// The parameters that are passed on; `None` when such a datasource has no such endpoint.
    /// A name that ends in `[]` may be given several times.
    pub fn parameters(&self, kind: DatasourceType) -> Option<&'static [&'static str]> {
        match kind {
            DatasourceType::Prometheus => self.parameters_of_prometheus(),
            DatasourceType::Lethe => self.parameters_of_logs(),
            DatasourceType::VictoriaLogs | DatasourceType::Loki => match self {
                Endpoint::Targets => None,
                _ => self.parameters_of_logs(),
            },
        }
    }

    /// Those of <https://prometheus.io/docs/prometheus/latest/querying/api/>, and `logFormat`,
    /// which the original sends with each query.
    fn parameters_of_prometheus(&self) -> Option<&'static [&'static str]> {
        Some(match self {
            Endpoint::Query => &[
                "query",
                "time",
                "timeout",
                "limit",
                "lookback_delta",
                "stats",
                "logFormat",
            ],
            Endpoint::QueryRange => &[
                "query",
                "start",
                "end",
                "step",
                "timeout",
                "limit",
                "lookback_delta",
                "stats",
                "logFormat",
            ],
            Endpoint::Series | Endpoint::Labels | Endpoint::LabelValues(_) => {
                &["match[]", "start", "end", "limit"]
            }
            Endpoint::Metadata => &["metric", "limit", "limit_per_metric"],
            Endpoint::Targets => &["state", "scrapePool"],
            Endpoint::Rules => &[
                "type",
                "rule_name[]",
                "rule_group[]",
                "file[]",
                "match[]",
                "exclude_alerts",
                "group_limit",
                "group_next_token",
            ],
            Endpoint::FormatQuery => &["query"],
            Endpoint::Alerts | Endpoint::Healthy => &[],
            Endpoint::Histogram | Endpoint::Context | Endpoint::Tail => return None,
        })
    }

    /// Those of Lethe, see `lethe::http`, and what the original sends with each query.
    fn parameters_of_logs(&self) -> Option<&'static [&'static str]> {
        Some(match self {
            Endpoint::Query => &[
                "query",
                "time",
                "limit",
                "direction",
                "cursor",
                "cursors",
                "timeout",
                "logFormat",
            ],
            Endpoint::QueryRange => &[
                "query",
                "start",
                "end",
                "step",
                "limit",
                "direction",
                "cursor",
                "cursors",
                "timeout",
                "logFormat",
            ],
            Endpoint::Histogram => &["query", "start", "end", "step"],
            Endpoint::Context => &["query", "cursor", "limit", "start", "end"],
            Endpoint::Tail => &["query", "start", "limit", "cursors"],
            Endpoint::LabelValues(_) => &["match[]", "start", "end"],
            Endpoint::Metadata | Endpoint::Targets | Endpoint::Healthy => &[],
            Endpoint::Series
            | Endpoint::Labels
            | Endpoint::Rules
            | Endpoint::Alerts
            | Endpoint::FormatQuery => return None,
        })
    }

    /// Whether a query may also be posted as a form, as in Prometheus.
    pub fn takes_forms(&self) -> bool {
        matches!(
            self,
            Endpoint::Query
                | Endpoint::QueryRange
                | Endpoint::Series
                | Endpoint::Labels
                | Endpoint::FormatQuery
        )
    }

    /// Whether answers go on until somebody leaves.
    pub(super) fn is_endless(&self) -> bool {
        *self == Endpoint::Tail
    }

    /// The content type that answers have.
    pub(super) fn media_type(&self) -> &'static str {
        match self {
            // Health is told in a sentence.
            Endpoint::Healthy => "text/plain",
            Endpoint::Tail => "text/event-stream",
            _ => "application/json",
        }
    }
}

/// Says what an endpoint is in an error, as in "has no `histogram`".
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        f.write_str(
            path.trim_start_matches("/api/v1/")
                .trim_start_matches("/-/"),
        )
    }
}

/// The name of a label as it may stand in a path: letters, digits and `_ . : -`, not dots
/// alone. Names with other characters are asked for in Prometheus' `U__` notation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelName(String);

/// Why a text is no [`LabelName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the name of a label: use letters, digits, `_`, `.`, `:` and `-`, and for other characters Prometheus' `U__` notation"
)]
pub struct LabelNameError;

impl FromStr for LabelName {
    type Err = LabelNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |it: char| it.is_ascii_alphanumeric() || "_.:-".contains(it);
        // Dots alone would lead to another path.
        let is_name = text.chars().all(allowed) && text.chars().any(|it| it != '.');
        is_name.then(|| Self(text.to_owned())).ok_or(LabelNameError)
    }
}

impl fmt::Display for LabelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn names_that_lead_elsewhere_are_none() {
        for good in [
            "job",
            "__name__",
            "U__http_2e_status",
            "k8s.pod.name",
            "a:b",
            "..a",
        ] {
            assert!(good.parse::<LabelName>().is_ok(), "{good}");
        }
        for bad in [
            "", ".", "..", "a/b", "a%2fb", "a b", "a?b", "a#b", "ä", "a\n", "a\\b",
        ] {
            assert_eq!(bad.parse::<LabelName>(), Err(LabelNameError), "{bad}");
        }
    }

    proptest! {
        /// Whatever is a name stays one segment of the path.
        #[test]
        fn a_name_never_changes_the_path(text in "[a-z_.:/%2\\\\-]{0,8}") {
            if let Ok(name) = text.parse::<LabelName>() {
                let mut url = Url::parse("http://host").unwrap();
                url.set_path(&Endpoint::LabelValues(name).path());
                prop_assert_eq!(url.path(), format!("/api/v1/label/{text}/values"));
            }
        }
    }
}
