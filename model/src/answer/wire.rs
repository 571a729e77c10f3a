//! The envelope of answers on the wire, read in one pass.
//!
//! What stands behind `result` depends on `resultType`. Prometheus writes the type first, so its
//! large results are decoded as they are read; Lethe sorts its keys and writes the type last, so
//! there the result is kept as it stands until the type is known.

use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::sample::parse_value;
use super::{Answer, Data};

/// A successful answer as it is sent.
#[derive(Deserialize)]
pub(super) struct Envelope {
    data: WireData,
    #[serde(default)]
    warnings: Vec<Warning>,
}

impl From<Envelope> for Answer {
    fn from(envelope: Envelope) -> Self {
        let warnings = envelope.warnings.into_iter().filter_map(|it| it.0);
        Self {
            data: envelope.data.data,
            warnings: warnings.collect(),
            next: envelope.data.next,
        }
    }
}

struct WireData {
    data: Data,
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    ResultType,
    Result,
    Next,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ResultType {
    Vector,
    Matrix,
    Scalar,
    String,
    Logs,
}

impl<'de> Deserialize<'de> for WireData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = WireData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `resultType` and `result`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireData, A::Error> {
        let mut kind: Option<ResultType> = None;
        let mut early: Option<&'de RawValue> = None;
        let mut data: Option<Data> = None;
        let mut next: Option<String> = None;
        while let Some(field) = map.next_key()? {
            match (field, kind) {
                (Field::ResultType, _) => kind = Some(map.next_value()?),
                (Field::Result, Some(kind)) => data = Some(read(kind, &mut map)?),
                (Field::Result, None) => early = Some(map.next_value()?),
                (Field::Next, _) => next = map.next_value()?,
                (Field::Other, _) => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let kind = kind.ok_or_else(|| A::Error::missing_field("resultType"))?;
        let data = match (data, early) {
            (Some(data), _) => data,
            (None, Some(raw)) => read_raw(kind, raw).map_err(A::Error::custom)?,
            (None, None) => return Err(A::Error::missing_field("result")),
        };
        Ok(WireData { data, next })
    }
}

fn read<'de, A: MapAccess<'de>>(kind: ResultType, map: &mut A) -> Result<Data, A::Error> {
    Ok(match kind {
        ResultType::Vector => Data::Vector(map.next_value()?),
        ResultType::Matrix => Data::Matrix(map.next_value()?),
        ResultType::Scalar => scalar(map.next_value()?),
        ResultType::String => text(map.next_value()?),
        ResultType::Logs => Data::Logs(map.next_value()?),
    })
}

fn read_raw(kind: ResultType, raw: &RawValue) -> Result<Data, serde_json::Error> {
    let json = raw.get();
    Ok(match kind {
        ResultType::Vector => Data::Vector(serde_json::from_str(json)?),
        ResultType::Matrix => Data::Matrix(serde_json::from_str(json)?),
        ResultType::Scalar => scalar(serde_json::from_str(json)?),
        ResultType::String => text(serde_json::from_str(json)?),
        ResultType::Logs => Data::Logs(serde_json::from_str(json)?),
    })
}

fn scalar((time, value): (f64, String)) -> Data {
    Data::Scalar(time, parse_value(&value).unwrap_or(f64::NAN))
}

fn text((_, text): (f64, String)) -> Data {
    Data::Text(text)
}

/// Warnings are texts in Prometheus and `{}` in the original Lethe, which tell nothing.
struct Warning(Option<String>);

impl<'de> Deserialize<'de> for Warning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WarningVisitor;

        impl<'de> Visitor<'de> for WarningVisitor {
            type Value = Warning;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Warning, E> {
                Ok(Warning(Some(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Warning, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Warning(None))
            }
        }

        deserializer.deserialize_any(WarningVisitor)
    }
}
