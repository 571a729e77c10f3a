//! The types of values, as far as the checks at load and messages need them.

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Not known before a template runs.
    Any,
    Nil,
    Bool,
    Int,
    Byte,
    Float,
    Text,
    Labels,
    /// What `args` makes.
    Map,
    Sample,
    Samples,
    Time,
    Duration,
    Line,
    Lines,
    /// The dot at the top.
    Data,
}

/// What follows from a field's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// There is such a field, of this type.
    Of(Kind),
    /// There is none.
    Missing,
}

/// Fields of the dot that Prometheus does not have.
pub(crate) const OWN_FIELDS: [&str; 3] = ["Logs", "Datasource", "ActiveAt"];

/// The variables declared in front of every template, and the fields of the
/// dot that they hold.
pub(crate) const VARIABLES: [(&str, &str); 7] = [
    ("$labels", "Labels"),
    ("$externalLabels", "ExternalLabels"),
    ("$externalURL", "ExternalURL"),
    ("$value", "Value"),
    ("$logs", "Logs"),
    ("$datasource", "Datasource"),
    ("$activeAt", "ActiveAt"),
];

impl Kind {
    /// The name of the type in messages: Go's, where Go has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Any => "interface {}",
            Kind::Nil => "<nil>",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Byte => "uint8",
            Kind::Float => "float64",
            Kind::Text => "string",
            Kind::Labels => "map[string]string",
            Kind::Map => "map[string]interface {}",
            Kind::Sample => "*template.sample",
            Kind::Samples => "template.queryResult",
            Kind::Time => "*time.Time",
            Kind::Duration => "*time.Duration",
            Kind::Line => "log line",
            Kind::Lines => "list of log lines",
            Kind::Data => {
                "struct { Labels map[string]string; ExternalLabels map[string]string; \
                 ExternalURL string; Value float64 }"
            }
        }
    }

    /// What a field of this name is; methods of times count as fields.
    pub(crate) fn field(self, name: &str) -> Field {
        let kind = match (self, name) {
            (Kind::Any | Kind::Nil | Kind::Map, _) => Kind::Any,
            (Kind::Labels, _) => Kind::Text,
            (Kind::Data | Kind::Sample, "Labels") | (Kind::Data, "ExternalLabels") => Kind::Labels,
            (Kind::Data | Kind::Sample, "Value") => Kind::Float,
            (Kind::Data, "ExternalURL" | "Datasource") => Kind::Text,
            (Kind::Data, "Logs") => Kind::Lines,
            (Kind::Data, "ActiveAt") | (Kind::Line, "Time") => Kind::Time,
            (Kind::Line, "Namespace" | "Pod" | "Container" | "Node" | "Process" | "Log") => {
                Kind::Text
            }
            (Kind::Time, "Format" | "String" | "Month" | "Weekday") => Kind::Text,
            (
                Kind::Time,
                "Unix" | "UnixMilli" | "Year" | "Day" | "Hour" | "Minute" | "Second" | "YearDay",
            ) => Kind::Int,
            (Kind::Time, "UTC") => Kind::Time,
            (Kind::Duration, "Hours" | "Minutes" | "Seconds") => Kind::Float,
            (Kind::Duration, "Milliseconds") => Kind::Int,
            (Kind::Duration, "String") => Kind::Text,
            _ => return Field::Missing,
        };
        Field::Of(kind)
    }

    /// What each round of a `range` over it yields: key and element.
    pub(crate) fn elements(self) -> Option<(Kind, Kind)> {
        match self {
            Kind::Any | Kind::Nil => Some((Kind::Any, Kind::Any)),
            Kind::Int => Some((Kind::Int, Kind::Int)),
            Kind::Labels => Some((Kind::Text, Kind::Text)),
            Kind::Map => Some((Kind::Text, Kind::Any)),
            Kind::Samples => Some((Kind::Int, Kind::Sample)),
            Kind::Lines => Some((Kind::Int, Kind::Line)),
            _ => None,
        }
    }
}
