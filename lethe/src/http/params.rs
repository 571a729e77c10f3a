//! Parameters of a URL, read as Go's `net/url` reads them: the first value of
//! a name counts, and what is not well-formed is left out without an error.

use chrono::DateTime;

use crate::letheql::parse_millis;
use crate::search::{Cursor, Side, Timestamp};

/// A parameter that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ParamError {
    #[error("invalid parameter \"{name}\": cannot parse \"{value}\" to {wanted}")]
    Bad {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
    #[error("missing parameter \"{name}\"")]
    Missing { name: &'static str },
}

/// The parameters of one request.
pub(super) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Reads what stands behind the `?`.
    pub(super) fn parse(query: Option<&str>) -> Params {
        let pair = |text: &str| {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            Some((decode(name)?, decode(value)?))
        };
        let parts = query
            .unwrap_or_default()
            .split('&')
            .filter(|it| !it.contains(';'));
        Params {
            pairs: parts.filter_map(pair).collect(),
        }
    }

    /// The value of a name; one that is empty is as good as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().find(|(it, _)| it == name)?;
        Some(value.as_str()).filter(|it| !it.is_empty())
    }

    /// An instant: seconds since 1970 with or without a fraction, or RFC 3339.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<Timestamp>, ParamError> {
        self.parsed(
            name,
            "a timestamp: use seconds since 1970 or RFC 3339",
            parse_time,
        )
    }

    /// A number of rows, at least one.
    pub(super) fn count(&self, name: &'static str) -> Result<Option<usize>, ParamError> {
        let parse = |value: &str| value.parse().ok().filter(|it| *it > 0);
        self.parsed(name, "a whole number above 0", parse)
    }

    /// A length of time in milliseconds, above 0: seconds with or without a
    /// fraction, or a duration of Prometheus.
    pub(super) fn millis(&self, name: &'static str) -> Result<Option<u64>, ParamError> {
        let parse = |value: &str| {
            let seconds = value.parse::<f64>().ok().map(|it| (it * 1e3) as u64);
            seconds.or_else(|| parse_millis(value)).filter(|it| *it > 0)
        };
        self.parsed(name, "a duration: use seconds or 30s, 5m, 1h", parse)
    }

    /// The place of a line.
    pub(super) fn cursor(&self, name: &'static str) -> Result<Option<Cursor>, ParamError> {
        self.parsed(name, "a cursor: use one from an answer", |it| {
            it.parse().ok()
        })
    }

    /// Which rows of a range come first: `backward` the newest, `forward` the
    /// oldest.
    pub(super) fn direction(&self) -> Result<Side, ParamError> {
        let parse = |value: &str| match value {
            "backward" => Some(Side::Newest),
            "forward" => Some(Side::Oldest),
            _ => None,
        };
        let side = self.parsed("direction", "a direction: use backward or forward", parse)?;
        Ok(side.unwrap_or(Side::Newest))
    }

    /// `true` or `false`, which is what a missing one is.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, ParamError> {
        let flag = self.parsed(name, "a truth value: use true or false", |it| {
            it.parse().ok()
        })?;
        Ok(flag.unwrap_or(false))
    }

    fn parsed<T>(
        &self,
        name: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ParamError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let parsed = parse(value).map(Some);
        parsed.ok_or_else(|| ParamError::Bad {
            name,
            value: value.to_owned(),
            wanted,
        })
    }
}

fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc().into());
    }
    let seconds: f64 = text.parse().ok().filter(|it: &f64| it.is_finite())?;
    // A fraction is cut to nanoseconds, as the original does; beyond what fits,
    // a time is as far away as can be.
    let nanos = (seconds - seconds.floor()) * 1e9;
    Some(Timestamp::new(seconds.floor() as i64, nanos as u32))
}

/// Undoes percent-encoding; nothing when it is broken. Bytes that are not
/// UTF-8 become U+FFFD, which no query may contain.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn get(query: &str, name: &str) -> Option<String> {
        Params::parse(Some(query)).get(name).map(str::to_owned)
    }

    #[test]
    fn parameters_are_read_as_go_reads_them() {
        assert_eq!(get("a=1&a=2", "a").as_deref(), Some("1"));
        assert_eq!(get("a=x+y%20z%2B", "a").as_deref(), Some("x y z+"));
        assert_eq!(get("a=%z&b=1", "a"), None);
        assert_eq!(get("a=%z&b=1", "b").as_deref(), Some("1"));
        assert_eq!(get("a=1;b=2", "a"), None);
        assert_eq!(get("a=", "a"), None);
        assert_eq!(get("A=1", "a"), None);
        assert_eq!(get("a=%ff", "a").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn times_are_seconds_or_rfc_3339() {
        let time = |text: &str| Params::parse(Some(&format!("t={text}"))).time("t");
        assert_eq!(
            time("1257894000"),
            Ok(Some(Timestamp::new(1_257_894_000, 0)))
        );
        assert_eq!(
            time("1435781451.781"),
            Ok(Some(Timestamp::new(1_435_781_451, 780_999_898)))
        );
        assert_eq!(time("-0.5"), Ok(Some(Timestamp::new(-1, 500_000_000))));
        assert_eq!(
            time("1.257894e9"),
            Ok(Some(Timestamp::new(1_257_894_000, 0)))
        );
        assert_eq!(
            time("2009-11-10T23:00:00Z"),
            Ok(Some(Timestamp::new(1_257_894_000, 0)))
        );
        assert_eq!(
            time("2009-11-11T08:00:00%2B09:00"),
            Ok(Some(Timestamp::new(1_257_894_000, 0)))
        );
        assert_eq!(time(""), Ok(None));
        for bad in ["foo", "NaN", "Inf", "now-1h", "2009-11-10", "1257894000s"] {
            assert!(time(bad).is_err(), "{bad}");
        }
        assert_eq!(
            time("foo").unwrap_err().to_string(),
            "invalid parameter \"t\": cannot parse \"foo\" to a timestamp: use seconds since 1970 \
             or RFC 3339"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(query in any::<String>()) {
            let params = Params::parse(Some(&query));
            for name in ["a", "start", ""] {
                let _ = (params.time("start"), params.millis(name), params.get(name));
            }
        }
    }
}
