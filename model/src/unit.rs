//! Units: from a number to the text an operator reads.
//!
//! A unit is written in a dashboard as a short id: `bytes`, `reqps`, `s`. The
//! ids are Grafana's, so that what people know keeps working, with `cores` in
//! the manner of Kubernetes added. An id is one of
//!
//! * a known one or an alias of it (`known`),
//! * a form with free text: `suffix:…`, `prefix:…`, `si:…`, `count:…`,
//!   `currency:…`, `time:…`, `bool:…/…`,
//! * anything with a slash, which is free text after the number: `req/s`.
//!
//! Every id maps to one of a few rules (`rule`): a number on a ladder of
//! prefixes (`ladder`, `number`), a duration in words (`duration`), a moment
//! (`date`), or one of two texts. Labels of an axis share prefix and decimals
//! and so have their own way (`ticks`).
//!
//! Nothing here reads a clock or a time zone database: both come in with
//! [`FormatOptions`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Zone;

mod date;
mod duration;
mod known;
mod ladder;
mod number;
mod rule;
mod ticks;

use ladder::{COUNT, ONE};
use rule::Rule;

/// What the values of a panel are, and so how they are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit {
    id: Cow<'static, str>,
    rule: Rule,
}

/// What formatting a value depends on besides its unit.
#[derive(Clone, Copy, Debug)]
pub struct FormatOptions {
    /// Digits after the point (15 at most); by default as many as make about
    /// three significant ones. In `dtdurations` and `clocks` it says how many
    /// units follow the first.
    pub decimals: Option<u8>,
    /// The zone in which moments are shown.
    pub zone: Zone,
    /// The present, unix seconds, for `dateTimeFromNow` and the units that
    /// leave today's date out. Without it they show the full date.
    pub now: Option<f64>,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self {
            decimals: None,
            zone: Zone::UTC,
            now: None,
        }
    }
}

/// At which multiples the axis of a unit has its ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickBase {
    /// 1, 2, 5, 10 …
    Decimal,
    /// Powers of two, so that labels are whole KiB and MiB.
    Binary,
    /// Values are seconds: whole minutes, hours and days.
    Time,
}

/// Why a text is not a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// No known id, no form, no slash.
    #[error(
        "unknown unit `{id}`: did you mean `{nearest}`? `suffix:{id}` prints the text as it is"
    )]
    Unknown {
        /// What was written, shortened if it is long.
        id: String,
        /// The known id most like it.
        nearest: &'static str,
    },
    /// A form without the text it is for.
    #[error("unit `{form}` needs a text after the colon, as in `{example}`")]
    Incomplete {
        /// The form, with its colon.
        form: &'static str,
        /// How it is meant.
        example: &'static str,
    },
}

/// The forms with free text, an example of each, and how the text becomes a rule.
type Form = (&'static str, &'static str, fn(&str) -> Option<Rule>);
static FORMS: [Form; 7] = [
    ("suffix:", "suffix:pods", |text| {
        Some(known::free_suffix(text, &ONE))
    }),
    ("prefix:", "prefix:#", |text| {
        Some(known::free_prefix(text, &ONE))
    }),
    ("si:", "si:mF", |text| Some(known::free_si(text))),
    ("count:", "count:pods", |text| {
        Some(known::free_suffix(text, &COUNT))
    }),
    ("currency:", "currency:€", |text| {
        Some(known::free_prefix(text, &COUNT))
    }),
    ("time:", "time:YYYY-MM-DD", |text| {
        Some(Rule::Date(date::Style::Full(Cow::Owned(text.to_owned()))))
    }),
    ("bool:", "bool:up/down", |text| {
        let (yes, no) = text.split_once('/')?;
        Some(Rule::Bool {
            yes: Cow::Owned(yes.to_owned()),
            no: Cow::Owned(no.to_owned()),
        })
    }),
];

impl Unit {
    /// Reads the id of a unit. An alias becomes the id it stands for.
    pub fn parse(id: &str) -> Result<Self, UnitError> {
        let alias = known::ALIASES.iter().find(|(alias, _)| *alias == id);
        let known_id = alias.map_or(id, |(_, known_id)| known_id);
        if let Some((id, rule)) = known::KNOWN.iter().find(|(known, _)| *known == known_id) {
            return Ok(Self {
                id: Cow::Borrowed(id),
                rule: rule.clone(),
            });
        }
        let rule = if let Some((form, example, rule)) = form_of(id) {
            let text = id.get(form.len()..).filter(|text| !text.trim().is_empty());
            text.and_then(rule)
                .ok_or(UnitError::Incomplete { form, example })?
        } else if id.contains('/') {
            known::free_suffix(id, &ONE)
        } else {
            return Err(unknown(id));
        };
        Ok(Self {
            id: Cow::Owned(id.to_owned()),
            rule,
        })
    }

    /// The id, as [`Unit::parse`] reads it back.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text of `value`. Not-a-number and the infinities are `NaN`, `+Inf`
    /// and `-Inf` in every unit; a missing value is the caller's to show.
    pub fn format(&self, value: f64, options: &FormatOptions) -> String {
        let (digits, unit) = self.parts(value, options);
        digits + &unit
    }

    /// [`Unit::format`] in two: the digits with what stands before them, and
    /// what follows, with its leading space if it has one.
    pub fn parts(&self, value: f64, options: &FormatOptions) -> (String, String) {
        self.rule.parts(value, options)
    }

    /// One label for each of `values`, the ticks of an axis `step` apart: all
    /// with the same prefix and the same number of decimals. Moments are in UTC.
    pub fn ticks(&self, values: &[f64], step: f64) -> Vec<String> {
        ticks::labels(&self.rule, values, step)
    }

    /// Where the ticks of this unit's axis belong.
    pub fn tick_base(&self) -> TickBase {
        match &self.rule {
            Rule::Scaled(scaled) if std::ptr::eq(scaled.ladder, &ladder::BINARY[..]) => {
                TickBase::Binary
            }
            Rule::Scaled(scaled)
                if std::ptr::eq(scaled.ladder, &ladder::TIME[..]) && scaled.factor == 1.0 =>
            {
                TickBase::Time
            }
            Rule::Duration(_, 1.0) => TickBase::Time,
            _ => TickBase::Decimal,
        }
    }
}

fn form_of(id: &str) -> Option<&'static Form> {
    FORMS.iter().find(|(form, ..)| id.starts_with(form))
}

fn unknown(id: &str) -> UnitError {
    // The text comes from a file: neither the search nor the message grows with it.
    let id: String = id.chars().take(40).collect();
    let lower = id.to_ascii_lowercase();
    let ids = known::KNOWN.iter().map(|(known, _)| *known);
    let spellings = ids.map(|id| (id, id)).chain(known::ALIASES.iter().copied());
    let distance =
        |(spelling, _): &(&str, &str)| strsim::osa_distance(&spelling.to_ascii_lowercase(), &lower);
    let nearest = spellings
        .filter(|(spelling, _)| !spelling.is_empty())
        .min_by_key(distance);
    UnitError::Unknown {
        id,
        nearest: nearest.map_or("none", |(_, id)| id),
    }
}

/// No unit: the bare number.
impl Default for Unit {
    fn default() -> Self {
        Self {
            id: Cow::Borrowed("none"),
            rule: known::plain(""),
        }
    }
}

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(id: &str) -> Result<Self, UnitError> {
        Self::parse(id)
    }
}

impl TryFrom<String> for Unit {
    type Error = UnitError;

    fn try_from(id: String) -> Result<Self, UnitError> {
        Self::parse(&id)
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.id.into_owned()
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

#[cfg(test)]
mod tests;
