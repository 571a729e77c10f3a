//! `discovery` of `datasources.yml`: which services of the cluster are datasources.

use serde_saphyr::Spanned;
use venti_model::status::ConfigFault;

use super::file::DiscoveryEntry;
use super::{Source, place};

/// The original's default.
const ANNOTATION_KEY: &str = "kuoss.org/datasource-type";

/// Which services of the cluster are datasources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// Datasources of this namespace are main ones.
    pub main_namespace: Option<String>,
    /// A service with this annotation is a datasource of the type that its value says.
    pub annotation_key: String,
    /// Whether every service named `prometheus` is one. Deprecated in the original.
    pub by_name_prometheus: bool,
    /// Whether every service named `lethe` is one. Deprecated in the original.
    pub by_name_lethe: bool,
}

/// An empty text means the default, since that is what templates of charts leave behind.
impl From<DiscoveryEntry> for Discovery {
    fn from(entry: DiscoveryEntry) -> Self {
        let given = |text: Option<String>| text.filter(|it| !it.is_empty());
        let key = given(entry.annotation_key);
        Self {
            main_namespace: given(entry.main_namespace),
            annotation_key: key.unwrap_or_else(|| ANNOTATION_KEY.to_owned()),
            by_name_prometheus: entry.by_name_prometheus,
            by_name_lethe: entry.by_name_lethe,
        }
    }
}

/// Rules that still work and should go.
pub(super) fn deprecated(
    entry: &Spanned<DiscoveryEntry>,
    source: Source<'_>,
) -> impl Iterator<Item = ConfigFault> {
    let rules = [
        (
            "byNamePrometheus",
            entry.value.by_name_prometheus,
            "prometheus",
        ),
        ("byNameLethe", entry.value.by_name_lethe, "lethe"),
    ];
    let at = place(entry.referenced);
    let used = rules.into_iter().filter(|(_, is_used, _)| *is_used);
    used.map(move |(rule, _, kind)| {
        let message =
            format!("`{rule}` is deprecated: annotate the service with `{ANNOTATION_KEY}: {kind}`");
        source.warning(at, message)
    })
}
