//! The values that a running template computes with. Texts and maps of the
//! data and of the template are borrowed; what functions make is shared.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use venti_model::labels::Labels;

use crate::data::{Data, LogLine, Sample};
use crate::kind::Kind;

#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    /// What indexing a text gives.
    Byte(u8),
    Float(f64),
    Text(Text<'a>),
    Labels(&'a Labels),
    Map(Rc<BTreeMap<String, Value<'a>>>),
    Sample(&'a Sample),
    Samples(Rc<[&'a Sample]>),
    Time(DateTime<Utc>),
    /// In nanoseconds.
    Duration(i64),
    Line(&'a LogLine),
    Lines(&'a [LogLine]),
    Data(&'a Data<'a>),
}

/// A text that is cheap to copy.
#[derive(Clone, Debug)]
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    Shared(Rc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Text::Borrowed(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl<'a> Value<'a> {
    pub(crate) fn text(text: &'a str) -> Value<'a> {
        Value::Text(Text::Borrowed(text))
    }

    pub(crate) fn owned(text: String) -> Value<'a> {
        Value::Text(Text::Shared(text.into()))
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Value::Nil => Kind::Nil,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Byte(_) => Kind::Byte,
            Value::Float(_) => Kind::Float,
            Value::Text(_) => Kind::Text,
            Value::Labels(_) => Kind::Labels,
            Value::Map(_) => Kind::Map,
            Value::Sample(_) => Kind::Sample,
            Value::Samples(_) => Kind::Samples,
            Value::Time(_) => Kind::Time,
            Value::Duration(_) => Kind::Duration,
            Value::Line(_) => Kind::Line,
            Value::Lines(_) => Kind::Lines,
            Value::Data(_) => Kind::Data,
        }
    }

    /// Whether `if` takes it for true: neither empty nor zero. NaN is not zero.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Byte(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Labels(labels) => !labels.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Samples(samples) => !samples.is_empty(),
            Value::Lines(lines) => !lines.is_empty(),
            Value::Sample(_)
            | Value::Time(_)
            | Value::Duration(_)
            | Value::Line(_)
            | Value::Data(_) => true,
        }
    }

    /// A field, if there is one of that name. Missing keys of maps are empty.
    /// Methods of times are not among them.
    pub(crate) fn field(&self, name: &str) -> Option<Value<'a>> {
        Some(match (self, name) {
            (Value::Nil, _) => Value::Nil,
            (Value::Labels(labels), _) => Value::text(labels.get(name).unwrap_or_default()),
            (Value::Map(map), _) => map.get(name).cloned().unwrap_or(Value::Nil),
            (Value::Sample(sample), "Labels") => Value::Labels(&sample.labels),
            (Value::Sample(sample), "Value") => Value::Float(sample.value),
            (Value::Data(data), _) => return data.field(name),
            (Value::Line(line), "Time") => Value::Time(line.time),
            (Value::Line(line), "Namespace") => Value::text(&line.namespace),
            (Value::Line(line), "Pod") => Value::text(&line.pod),
            (Value::Line(line), "Container") => Value::text(&line.container),
            (Value::Line(line), "Node") => Value::text(&line.node),
            (Value::Line(line), "Process") => Value::text(&line.process),
            (Value::Line(line), "Log") => Value::text(&line.log),
            _ => return None,
        })
    }
}

impl<'a> Data<'a> {
    /// `$value`
    pub(crate) fn value(&self) -> Value<'a> {
        match self.histogram {
            Some(text) => Value::text(text),
            None => Value::Float(self.value),
        }
    }

    /// A field of the dot at the top.
    pub(crate) fn field(&'a self, name: &str) -> Option<Value<'a>> {
        Some(match name {
            "Labels" => Value::Labels(self.labels),
            "ExternalLabels" => Value::Labels(self.external_labels),
            "ExternalURL" => Value::text(self.external_url),
            "Value" => self.value(),
            "Logs" => Value::Lines(self.logs),
            "Datasource" => Value::text(self.datasource),
            "ActiveAt" => Value::Time(self.active_at),
            _ => return None,
        })
    }
}
