//! The functions of templates: Go's own and those of Prometheus, with their
//! parameters, so that calls can be checked before a template runs.

pub(crate) mod collection;
pub(crate) mod compare;
pub(crate) mod layout;
pub(crate) mod number;
pub(crate) mod pattern;
pub(crate) mod query;
pub(crate) mod text;
pub(crate) mod time;

use std::fmt;

use crate::kind::Kind;
use crate::scope::{Failure, Scope};
use crate::value::Value;

pub(crate) type Outcome<'a> = Result<Value<'a>, Failure>;
pub(crate) type Call = for<'a> fn(&Scope<'a>, &[Value<'a>]) -> Outcome<'a>;

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Any,
    Text,
    Sample,
    Samples,
}

impl Parameter {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Parameter::Any => Kind::Any,
            Parameter::Text => Kind::Text,
            Parameter::Sample => Kind::Sample,
            Parameter::Samples => Kind::Samples,
        }
    }
}

/// What a function does with its arguments.
pub(crate) enum Body {
    /// All are evaluated, then this is called with them. Their number and
    /// types fit the parameters.
    Call(Call),
    /// Evaluated up to the first one whose truth is this.
    Until(bool),
}

/// A function that templates can call.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// What has to be given.
    pub(crate) parameters: &'static [Parameter],
    /// What may follow, any number of times.
    pub(crate) rest: Option<Parameter>,
    pub(crate) returns: Kind,
    pub(crate) body: Body,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Function {
    /// The parameter that the argument of this index fills.
    pub(crate) fn parameter(&self, index: usize) -> Parameter {
        let fixed = self.parameters.get(index).copied();
        fixed.or(self.rest).unwrap_or(Parameter::Any)
    }

    /// What is wrong with a call with so many arguments.
    pub(crate) fn arity_fault(&self, given: usize) -> Option<String> {
        let wanted = self.parameters.len();
        let at_least = match self.rest {
            Some(_) if given < wanted => "at least ",
            None if given != wanted => "",
            _ => return None,
        };
        Some(format!(
            "wrong number of args for {}: want {at_least}{wanted} got {given}",
            self.name
        ))
    }
}

/// The function of this name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

const fn of(
    name: &'static str,
    parameters: &'static [Parameter],
    returns: Kind,
    call: Call,
) -> Function {
    Function {
        name,
        parameters,
        rest: None,
        returns,
        body: Body::Call(call),
    }
}

const fn of_any_number(
    name: &'static str,
    parameters: &'static [Parameter],
    returns: Kind,
    body: Body,
) -> Function {
    Function {
        name,
        parameters,
        rest: Some(Parameter::Any),
        returns,
        body,
    }
}

const ANY: &[Parameter] = &[Parameter::Any];
const TWO: &[Parameter] = &[Parameter::Any, Parameter::Any];
const TEXT: &[Parameter] = &[Parameter::Text];
const TEXTS: &[Parameter] = &[Parameter::Text, Parameter::Text];
const SAMPLE: &[Parameter] = &[Parameter::Sample];

static FUNCTIONS: &[Function] = &[
    // Go's.
    of_any_number("and", ANY, Kind::Any, Body::Until(false)),
    of_any_number("or", ANY, Kind::Any, Body::Until(true)),
    of("not", ANY, Kind::Bool, compare::not),
    of_any_number("eq", ANY, Kind::Bool, Body::Call(compare::eq)),
    of("ne", TWO, Kind::Bool, compare::ne),
    of("lt", TWO, Kind::Bool, compare::lt),
    of("le", TWO, Kind::Bool, compare::le),
    of("gt", TWO, Kind::Bool, compare::gt),
    of("ge", TWO, Kind::Bool, compare::ge),
    of("len", ANY, Kind::Int, collection::len),
    of_any_number("index", ANY, Kind::Any, Body::Call(collection::index)),
    of_any_number("slice", ANY, Kind::Any, Body::Call(collection::slice)),
    of_any_number("call", ANY, Kind::Any, Body::Call(collection::call)),
    of_any_number("print", &[], Kind::Text, Body::Call(text::print)),
    of_any_number("println", &[], Kind::Text, Body::Call(text::println)),
    of_any_number("printf", TEXT, Kind::Text, Body::Call(text::printf)),
    of_any_number("html", &[], Kind::Text, Body::Call(text::html)),
    of_any_number("js", &[], Kind::Text, Body::Call(text::js)),
    of_any_number("urlquery", &[], Kind::Text, Body::Call(text::urlquery)),
    // Prometheus'.
    of("query", TEXT, Kind::Samples, query::query),
    of("first", &[Parameter::Samples], Kind::Sample, query::first),
    of(
        "label",
        &[Parameter::Text, Parameter::Sample],
        Kind::Text,
        query::label,
    ),
    of("value", SAMPLE, Kind::Float, query::value),
    of("strvalue", SAMPLE, Kind::Text, query::strvalue),
    of(
        "sortByLabel",
        &[Parameter::Text, Parameter::Samples],
        Kind::Samples,
        query::sort_by_label,
    ),
    of_any_number("args", &[], Kind::Map, Body::Call(collection::args)),
    of("humanize", ANY, Kind::Text, number::humanize),
    of("humanize1024", ANY, Kind::Text, number::humanize_1024),
    of(
        "humanizePercentage",
        ANY,
        Kind::Text,
        number::humanize_percentage,
    ),
    of("humanizeDuration", ANY, Kind::Text, time::humanize_duration),
    of(
        "humanizeTimestamp",
        ANY,
        Kind::Text,
        time::humanize_timestamp,
    ),
    of("toTime", ANY, Kind::Time, time::to_time),
    of("toDuration", ANY, Kind::Duration, time::to_duration),
    of("parseDuration", TEXT, Kind::Float, time::parse_duration),
    of("now", &[], Kind::Float, time::now),
    of(
        "reReplaceAll",
        &[Parameter::Text, Parameter::Text, Parameter::Text],
        Kind::Text,
        pattern::replace_all,
    ),
    of("match", TEXTS, Kind::Bool, pattern::matches),
    of("title", TEXT, Kind::Text, text::title),
    of("toUpper", TEXT, Kind::Text, text::to_upper),
    of("toLower", TEXT, Kind::Text, text::to_lower),
    of("stripPort", TEXT, Kind::Text, text::strip_port),
    of("stripDomain", TEXT, Kind::Text, text::strip_domain),
    of("safeHtml", TEXT, Kind::Text, text::safe_html),
    of("urlQueryEscape", TEXT, Kind::Text, text::urlquery),
    of("graphLink", TEXT, Kind::Text, query::graph_link),
    of("tableLink", TEXT, Kind::Text, query::table_link),
    of("externalURL", &[], Kind::Text, query::external_url),
    of("pathPrefix", &[], Kind::Text, query::path_prefix),
];
