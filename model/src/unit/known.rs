//! Responsible for the list of unit ids: Grafana's, the names other tools use
//! for them, and `cores`. Everything here is data.

use std::borrow::Cow;

use super::ladder::{
    BINARY, CORES, COUNT, DECIMAL, GI, KI, MI, ONE, PI, SI, Step, TI, TIME, WORDS,
};
use super::rule::{Finish, Rule, Scaled, Text};
use super::{date, duration};

const fn scaled(
    ladder: &'static [Step],
    factor: f64,
    after: &'static str,
    before: &'static str,
    finish: Finish,
) -> Rule {
    Rule::Scaled(Scaled {
        before: Cow::Borrowed(before),
        ladder,
        factor,
        after: Cow::Borrowed(after),
        finish,
    })
}

const fn on(ladder: &'static [Step], factor: f64, after: &'static str) -> Rule {
    scaled(ladder, factor, after, "", Finish::Plain)
}

pub(super) const fn plain(after: &'static str) -> Rule {
    on(&ONE, 1.0, after)
}

const fn count(after: &'static str) -> Rule {
    on(&COUNT, 1.0, after)
}

const fn time(seconds: f64) -> Rule {
    on(&TIME, seconds, "")
}

const fn money(symbol: &'static str) -> Rule {
    scaled(&COUNT, 1.0, "", symbol, Finish::Plain)
}

const fn either(yes: &'static str, no: &'static str) -> Rule {
    Rule::Bool {
        yes: Cow::Borrowed(yes),
        no: Cow::Borrowed(no),
    }
}

const fn words(seconds: f64) -> Rule {
    Rule::Duration(duration::Style::Words, seconds)
}

const fn clock(seconds: f64) -> Rule {
    Rule::Duration(duration::Style::Clock, seconds)
}

const fn moment(pattern: &'static str) -> Rule {
    Rule::Date(date::Style::Full(Cow::Borrowed(pattern)))
}

const fn moment_or_time(pattern: &'static str, today: &'static str) -> Rule {
    Rule::Date(date::Style::NoDateIfToday { pattern, today })
}

const US: &str = "MM/DD/YYYY h:mm:ss a";

/// Every id with a meaning of its own.
#[rustfmt::skip]
pub(super) static KNOWN: &[(&str, Rule)] = &[
    ("none", plain("")),
    ("short", on(&WORDS, 1.0, "")),
    ("si", on(&SI, 1.0, "")),
    ("string", Rule::Verbatim),
    ("locale", Rule::Grouped),
    ("sci", Rule::Scientific),
    ("hex", Rule::Hex("")),
    ("hex0x", Rule::Hex("0x")),

    ("percent", scaled(&ONE, 1.0, "%", "", Finish::Percent)),
    ("percentunit", scaled(&ONE, 100.0, "%", "", Finish::Percent)),
    ("humidity", plain(" %H")),

    ("bytes", on(&BINARY, 1.0, "B")),
    ("kbytes", on(&BINARY, KI, "B")),
    ("mbytes", on(&BINARY, MI, "B")),
    ("gbytes", on(&BINARY, GI, "B")),
    ("tbytes", on(&BINARY, TI, "B")),
    ("pbytes", on(&BINARY, PI, "B")),
    ("decbytes", on(&DECIMAL, 1.0, "B")),
    ("deckbytes", on(&DECIMAL, 1e3, "B")),
    ("decmbytes", on(&DECIMAL, 1e6, "B")),
    ("decgbytes", on(&DECIMAL, 1e9, "B")),
    ("dectbytes", on(&DECIMAL, 1e12, "B")),
    ("decpbytes", on(&DECIMAL, 1e15, "B")),
    ("bits", on(&BINARY, 1.0, "b")),
    ("decbits", on(&DECIMAL, 1.0, "b")),

    ("Bps", on(&DECIMAL, 1.0, "B/s")),
    ("KBs", on(&DECIMAL, 1e3, "B/s")),
    ("MBs", on(&DECIMAL, 1e6, "B/s")),
    ("GBs", on(&DECIMAL, 1e9, "B/s")),
    ("TBs", on(&DECIMAL, 1e12, "B/s")),
    ("PBs", on(&DECIMAL, 1e15, "B/s")),
    ("binBps", on(&BINARY, 1.0, "B/s")),
    ("KiBs", on(&BINARY, KI, "B/s")),
    ("MiBs", on(&BINARY, MI, "B/s")),
    ("GiBs", on(&BINARY, GI, "B/s")),
    ("TiBs", on(&BINARY, TI, "B/s")),
    ("PiBs", on(&BINARY, PI, "B/s")),
    ("bps", on(&DECIMAL, 1.0, "b/s")),
    ("Kbits", on(&DECIMAL, 1e3, "b/s")),
    ("Mbits", on(&DECIMAL, 1e6, "b/s")),
    ("Gbits", on(&DECIMAL, 1e9, "b/s")),
    ("Tbits", on(&DECIMAL, 1e12, "b/s")),
    ("binbps", on(&BINARY, 1.0, "b/s")),
    ("Kibits", on(&BINARY, KI, "b/s")),
    ("Mibits", on(&BINARY, MI, "b/s")),
    ("Gibits", on(&BINARY, GI, "b/s")),
    ("Tibits", on(&BINARY, TI, "b/s")),
    ("pps", on(&DECIMAL, 1.0, "p/s")),
    ("hertz", on(&DECIMAL, 1.0, "Hz")),
    ("rotrpm", plain(" rpm")),

    ("ops", count(" ops/s")),
    ("reqps", count(" req/s")),
    ("rps", count(" rd/s")),
    ("wps", count(" wr/s")),
    ("iops", count(" io/s")),
    ("eps", count(" evt/s")),
    ("mps", count(" msg/s")),
    ("cps", count(" c/s")),
    ("recps", count(" rec/s")),
    ("rowsps", count(" rows/s")),
    ("opm", count(" ops/m")),
    ("reqpm", count(" req/m")),
    ("rpm", count(" rd/m")),
    ("wpm", count(" wr/m")),
    ("epm", count(" evts/m")),
    ("mpm", count(" msgs/m")),
    ("cpm", count(" c/m")),
    ("recpm", count(" rec/m")),
    ("rowspm", count(" rows/m")),

    ("ns", time(1e-9)),
    ("µs", time(1e-6)),
    ("ms", time(1e-3)),
    ("s", time(1.0)),
    ("m", time(60.0)),
    ("h", time(3600.0)),
    ("d", time(86_400.0)),
    ("timeticks", time(0.01)),
    ("dtdurations", words(1.0)),
    ("dtdurationms", words(1e-3)),
    ("dthms", Rule::Duration(duration::Style::Hours, 1.0)),
    ("dtdhms", Rule::Duration(duration::Style::Days, 1.0)),
    ("clocks", clock(1.0)),
    ("clockms", clock(1e-3)),

    ("dateTimeAsIso", moment(date::ISO)),
    ("dateTimeAsIsoNoDateIfToday", moment_or_time(date::ISO, "HH:mm:ss")),
    ("dateTimeAsUS", moment(US)),
    ("dateTimeAsUSNoDateIfToday", moment_or_time(US, "h:mm:ss a")),
    ("dateTimeAsLocal", moment(date::ISO)),
    ("dateTimeAsLocalNoDateIfToday", moment_or_time(date::ISO, "HH:mm:ss")),
    ("dateTimeAsSystem", moment(date::ISO)),
    ("dateTimeFromNow", Rule::Date(date::Style::FromNow)),

    ("bool", either("True", "False")),
    ("bool_yes_no", either("Yes", "No")),
    ("bool_on_off", either("On", "Off")),

    ("cores", scaled(&CORES, 1.0, "", "", Finish::Trimmed)),
    ("mcores", scaled(&CORES, 1e-3, "", "", Finish::Trimmed)),

    ("celsius", plain(" °C")),
    ("fahrenheit", plain(" °F")),
    ("kelvin", plain(" K")),
    ("watt", on(&SI, 1.0, "W")),
    ("kwatt", on(&SI, 1e3, "W")),
    ("volt", on(&SI, 1.0, "V")),
    ("amp", on(&SI, 1.0, "A")),
    ("dBm", plain(" dBm")),
    ("dB", plain(" dB")),
    ("lengthm", on(&SI, 1.0, "m")),
    ("pixel", plain(" px")),
    ("degree", plain("°")),

    ("currencyUSD", money("$")),
    ("currencyEUR", money("€")),
    ("currencyGBP", money("£")),
    ("currencyKRW", money("₩")),
    ("currencyJPY", money("¥")),
    ("currencyCNY", money("¥")),
    ("currencyINR", money("₹")),
    ("currencyRUB", money("₽")),
    ("currencyUAH", money("₴")),
    ("currencyTRY", money("₺")),
    ("currencyILS", money("₪")),
    ("currencyVND", money("₫")),
    ("currencyTHB", money("฿")),
    ("currencyPHP", money("₱")),
    ("currencyBRL", money("R$")),
    ("currencyZAR", money("R")),
    ("currencyTWD", money("NT$")),
    ("currencyCHF", money("CHF ")),
    ("currencyPLN", money("zł ")),
    ("currencyCZK", money("Kč ")),
    ("currencySEK", money("kr ")),
    ("currencyNOK", money("kr ")),
    ("currencyDKK", money("kr ")),
];

/// Names that Perses, other tools and habit use for the ids above. Those with
/// a `/` would otherwise be taken for free text.
pub(super) static ALIASES: &[(&str, &str)] = &[
    ("", "none"),
    ("%", "percent"),
    ("percent-decimal", "percentunit"),
    ("decimal", "none"),
    ("nanoseconds", "ns"),
    ("microseconds", "µs"),
    ("us", "µs"),
    // The Greek letter looks the same as the micro sign and is easier to type.
    ("μs", "µs"),
    ("milliseconds", "ms"),
    ("seconds", "s"),
    ("minutes", "m"),
    ("hours", "h"),
    ("days", "d"),
    ("bytes/sec", "binBps"),
    ("decbytes/sec", "Bps"),
    ("bits/sec", "binbps"),
    ("decbits/sec", "bps"),
    ("packets/sec", "pps"),
    ("requests/sec", "reqps"),
    ("reads/sec", "rps"),
    ("writes/sec", "wps"),
    ("events/sec", "eps"),
    ("messages/sec", "mps"),
    ("records/sec", "recps"),
    ("rows/sec", "rowsps"),
    ("counts/sec", "cps"),
    ("ops/sec", "ops"),
    ("core", "cores"),
];

/// A number with free text after it, on the ladder of counts or on none.
pub(super) fn free_suffix(text: &str, ladder: &'static [Step]) -> Rule {
    let after = Text::Owned(format!(" {text}"));
    Rule::Scaled(Scaled {
        before: "".into(),
        ladder,
        factor: 1.0,
        after,
        finish: Finish::Plain,
    })
}

/// The rule of `prefix:…` and `currency:…`.
pub(super) fn free_prefix(text: &str, ladder: &'static [Step]) -> Rule {
    let before = Text::Owned(text.to_owned());
    Rule::Scaled(Scaled {
        before,
        ladder,
        factor: 1.0,
        after: "".into(),
        finish: Finish::Plain,
    })
}

/// The rule of `si:…`: a unit whose first letter may be the prefix that the
/// values already have, as in `mF`. A single letter is a unit, not a prefix.
pub(super) fn free_si(text: &str) -> Rule {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map_or(' ', |letter| if letter == 'u' { 'µ' } else { letter });
    let step = SI
        .iter()
        .find(|step| step.name.trim_start().chars().eq([first]));
    let (factor, unit) = match step {
        Some(step) if !letters.as_str().is_empty() => (step.size, letters.as_str()),
        _ => (1.0, text),
    };
    let after = Text::Owned(unit.to_owned());
    Rule::Scaled(Scaled {
        before: "".into(),
        ladder: &SI,
        factor,
        after,
        finish: Finish::Plain,
    })
}
