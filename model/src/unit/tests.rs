//! What units promise, seen from outside: a table of texts, and properties
//! over every id and every number.

use proptest::prelude::*;

use super::*;

fn text(id: &str, value: f64) -> String {
    Unit::parse(id)
        .unwrap()
        .format(value, &FormatOptions::default())
}

#[test]
#[rustfmt::skip]
fn values_read_as_operators_expect() {
    let vectors: &[(&str, &[(f64, &str)])] = &[
        ("short", &[
            (0.0, "0"), (7.0, "7"), (33.33333, "33.3"), (999.96, "1 K"), (1234.0, "1.23 K"),
            (1_500_000.0, "1.50 Mil"), (-2500.0, "-2.50 K"), (0.0456, "0.0456"),
        ]),
        ("none", &[
            (12.0, "12"), (12.345, "12.3"), (123_456.7, "123457"), (0.000123, "0.000123"),
        ]),
        ("bytes", &[
            (0.0, "0 B"), (512.0, "512 B"), (1023.9, "1 KiB"), (1024.0, "1 KiB"),
            (1536.0, "1.50 KiB"), (1_073_741_824.0, "1 GiB"), (123_456_789.0, "118 MiB"),
        ]),
        ("decbytes", &[(999.0, "999 B"), (1000.0, "1 kB"), (1536.0, "1.54 kB"), (1e9, "1 GB")]),
        ("mbytes", &[(0.0, "0 MiB"), (0.5, "512 KiB"), (1.0, "1 MiB"), (2048.0, "2 GiB")]),
        ("decgbytes", &[(0.0005, "500 kB"), (1500.0, "1.50 TB")]),
        ("Bps", &[(1500.0, "1.50 kB/s"), (2.5e6, "2.50 MB/s"), (0.25, "0.250 B/s")]),
        ("binBps", &[(2048.0, "2 KiB/s"), (5_242_880.0, "5 MiB/s")]),
        ("KiBs", &[(2048.0, "2 MiB/s")]),
        ("bps", &[(1500.0, "1.50 kb/s")]),
        ("Mbits", &[(1500.0, "1.50 Gb/s")]),
        ("bits", &[(2048.0, "2 Kib")]),
        ("pps", &[(12.5, "12.5 p/s"), (1234.0, "1.23 kp/s")]),
        // 99.96 is not 100: a missed objective must not read as a met one.
        ("percent", &[
            (0.0, "0%"), (12.345, "12.3%"), (99.96, "99.9%"), (99.999, "99.9%"), (99.4, "99.4%"),
            (100.0, "100%"), (100.04, "100%"), (-99.96, "-100%"),
        ]),
        ("percentunit", &[
            (0.12345, "12.3%"), (0.9996, "99.9%"), (1.0, "100%"), (0.29, "29%"), (1.5, "150%"),
        ]),
        ("s", &[
            (0.0, "0 s"), (2e-7, "200 ns"), (0.00035, "350 µs"), (0.25, "250 ms"), (1.5, "1.50 s"),
            (59.99, "1 min"), (90.0, "1.50 min"), (5400.0, "1.50 h"), (100_000.0, "1.16 d"),
            (1.3e6, "2.15 wk"), (4e7, "1.27 yr"),
        ]),
        ("ms", &[(0.0, "0 ms"), (0.5, "500 µs"), (1500.0, "1.50 s"), (90_000.0, "1.50 min")]),
        ("timeticks", &[(9000.0, "1.50 min")]),
        ("dtdhms", &[(59.0, "00:00:59"), (3661.0, "01:01:01"), (90_061.0, "1 d 01:01:01")]),
        ("dtdurations", &[(7500.0, "2 hours, 5 minutes"), (-60.0, "1 minute ago")]),
        ("clockms", &[(7_507_010.0, "02h:05m:07s:010ms")]),
        ("ops", &[(0.0, "0 ops/s"), (1500.0, "1.50K ops/s"), (2_500_000.0, "2.50M ops/s")]),
        ("reqps", &[(0.05, "0.0500 req/s"), (12_000.0, "12K req/s")]),
        ("iops", &[(1500.0, "1.50K io/s")]),
        ("cpm", &[(30.0, "30 c/m")]),
        ("hertz", &[(2.4e9, "2.40 GHz")]),
        ("cores", &[
            (0.0, "0"), (0.0004, "0.4m"), (0.25, "250m"), (0.99996, "1"), (1.5, "1.5"), (64.0, "64"),
        ]),
        ("mcores", &[(250.0, "250m"), (1500.0, "1.5")]),
        ("dateTimeAsLocal", &[(1.7e9, "2023-11-14 22:13:20"), (1.7e12, "2023-11-14 22:13:20")]),
        ("dateTimeAsUS", &[(1.7e12, "11/14/2023 10:13:20 pm")]),
        ("time:YYYY.MM", &[(1.7e12, "2023.11")]),
        ("bool", &[(1.0, "True"), (0.0, "False")]),
        ("bool:up/down", &[(2.0, "up"), (0.0, "down")]),
        ("celsius", &[(21.5, "21.5 °C")]),
        ("kwatt", &[(1500.0, "1.50 MW"), (0.5, "500 W")]),
        ("hex", &[(255.0, "FF"), (-1.0, "-1"), (1e30, "1.00e+30")]),
        ("hex0x", &[(255.0, "0xFF")]),
        ("sci", &[(1234.0, "1.23e+3")]),
        ("locale", &[(1_234_567.0, "1,234,567")]),
        ("string", &[(12.3456789, "12.3456789"), (0.0, "0"), (1e300, "1.000000e+300")]),
        ("currencyKRW", &[(1_500_000.0, "₩1.50M"), (-3.0, "-₩3")]),
        ("currency:Fr.", &[(2.0, "Fr.2")]),
        ("prefix:#", &[(3.0, "#3"), (-3.0, "-#3")]),
        ("suffix:pods", &[(1500.0, "1500 pods")]),
        ("count:pods", &[(1500.0, "1.50K pods")]),
        ("si:mF", &[(1500.0, "1.50 F"), (0.0, "0 mF")]),
        ("si:m", &[(1500.0, "1.50 km")]),
        ("si", &[(1500.0, "1.50 k"), (7.0, "7")]),
        ("req/s", &[(12.5, "12.5 req/s")]),
        ("requests/sec", &[(12.5, "12.5 req/s")]),
        ("%", &[(12.5, "12.5%")]),
    ];
    for (id, cases) in vectors {
        for (value, expected) in *cases {
            assert_eq!(text(id, *value), *expected, "{id} of {value}");
        }
    }
}

#[test]
fn decimals_are_kept() {
    for (id, decimals, value, expected) in [
        ("bytes", 1, 1536.0, "1.5 KiB"),
        ("bytes", 0, 1023.6, "1 KiB"),
        ("short", 2, 999.96, "999.96"),
        ("short", 2, 999.996, "1.00 K"),
        ("percent", 0, 99.7, "99%"),
        ("percent", 3, 99.96, "99.960%"),
        ("percent", 1, 99.96, "99.9%"),
        ("cores", 2, 1.5, "1.50"),
    ] {
        let options = FormatOptions {
            decimals: Some(decimals),
            ..Default::default()
        };
        assert_eq!(
            Unit::parse(id).unwrap().format(value, &options),
            expected,
            "{id} {value}"
        );
    }
}

#[test]
fn what_is_no_number_has_no_unit() {
    for (id, _) in known::KNOWN {
        assert_eq!(text(id, f64::NAN), "NaN");
        assert_eq!(text(id, f64::INFINITY), "+Inf");
        assert_eq!(text(id, f64::NEG_INFINITY), "-Inf");
    }
}

#[test]
#[rustfmt::skip]
fn errors_say_what_to_write() {
    for (id, message) in [
        ("kbyte", "unknown unit `kbyte`: did you mean `kbytes`? `suffix:kbyte` prints the text as it is"),
        ("Bytes", "unknown unit `Bytes`: did you mean `bytes`? `suffix:Bytes` prints the text as it is"),
        ("second", "unknown unit `second`: did you mean `s`? `suffix:second` prints the text as it is"),
        ("suffix:", "unit `suffix:` needs a text after the colon, as in `suffix:pods`"),
        ("bool:up", "unit `bool:` needs a text after the colon, as in `bool:up/down`"),
    ] {
        assert_eq!(Unit::parse(id).unwrap_err().to_string(), message);
        let through_serde = serde_json::from_value::<Unit>(id.into()).unwrap_err();
        assert_eq!(through_serde.to_string(), message);
    }
    let long = Unit::parse(&"한".repeat(100_000)).unwrap_err();
    assert!(long.to_string().len() < 500);
}

#[test]
fn ids_are_unique_and_aliases_lead_somewhere() {
    let mut ids: Vec<_> = known::KNOWN.iter().map(|(id, _)| *id).collect();
    ids.extend(known::ALIASES.iter().map(|(alias, _)| *alias));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    for (alias, id) in known::ALIASES {
        assert_eq!(Unit::parse(alias).unwrap().id(), *id);
    }
    assert_eq!(Unit::default(), Unit::parse("none").unwrap());
}

#[test]
#[rustfmt::skip]
fn ticks_share_prefix_and_decimals() {
    let cases: &[(&str, &[f64], f64, &[&str])] = &[
        ("short", &[0.0, 500.0, 1000.0, 1500.0], 500.0, &["0.0 K", "0.5 K", "1.0 K", "1.5 K"]),
        ("short", &[0.0, 0.25, 0.5], 0.25, &["0.00", "0.25", "0.50"]),
        ("bytes", &[0.0, 268_435_456.0, 1_073_741_824.0], 268_435_456.0,
            &["0.00 GiB", "0.25 GiB", "1.00 GiB"]),
        ("percentunit", &[0.0, 0.5, 1.0], 0.5, &["0%", "50%", "100%"]),
        ("percent", &[99.95, 99.96], 0.01, &["99.95%", "99.96%"]),
        ("s", &[0.0, 30.0, 60.0], 30.0, &["0.0 min", "0.5 min", "1.0 min"]),
        ("cores", &[0.0, 0.5], 0.5, &["0m", "500m"]),
        ("none", &[-1.0, 0.0, 1.0], 1.0, &["-1", "0", "1"]),
        // A narrow band far from zero steps down to a prefix that shows it.
        ("decbytes", &[1e12, 1e12 + 2.0], 2.0, &["1000000.000000 MB", "1000000.000002 MB"]),
        ("bool", &[0.0, 1.0], 1.0, &["False", "True"]),
        ("short", &[], 1.0, &[]),
    ];
    for (id, values, step, expected) in cases {
        let labels = Unit::parse(id).unwrap().ticks(values, *step);
        assert_eq!(labels, *expected, "{id}");
    }
}

#[test]
fn tick_bases() {
    for (id, base) in [
        ("bytes", TickBase::Binary),
        ("MiBs", TickBase::Binary),
        ("decbytes", TickBase::Decimal),
        ("s", TickBase::Time),
        ("dtdurations", TickBase::Time),
        // Milliseconds on an axis are rarely minutes; tens and hundreds suit them.
        ("ms", TickBase::Decimal),
        ("none", TickBase::Decimal),
    ] {
        assert_eq!(Unit::parse(id).unwrap().tick_base(), base, "{id}");
    }
}

fn any_id() -> impl Strategy<Value = String> {
    let known = (0..known::KNOWN.len()).prop_map(|at| known::KNOWN[at].0.to_owned());
    let form = (0..FORMS.len(), ".{1,6}").prop_map(|(at, text)| format!("{}{text}", FORMS[at].0));
    prop_oneof![4 => known, 2 => form, 1 => ".{0,12}"]
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        -1e6..1e6,
        (-400..400i32).prop_map(|at| 10f64.powi(at))
    ]
}

proptest! {
    #[test]
    fn never_panics(id in any_id(), value in any_value(), decimals: Option<u8>, now: Option<f64>) {
        if let Ok(unit) = Unit::parse(&id) {
            let options = FormatOptions { decimals, now, zone: Zone::new(|_| 9 * 3600) };
            let (digits, suffix) = unit.parts(value, &options);
            prop_assert_eq!(unit.format(value, &options), digits + &suffix);
        }
    }

    #[test]
    fn ids_survive_the_wire(id in any_id()) {
        if let Ok(unit) = Unit::parse(&id) {
            let json = serde_json::to_string(&unit).unwrap();
            prop_assert_eq!(serde_json::from_str::<Unit>(&json).unwrap(), unit);
        }
    }

    #[test]
    fn prefixes_grow_with_the_value(a in -320.0..308.0f64, b in -320.0..308.0f64, decimals in prop::option::of(0u8..4)) {
        // Exponents, so that every rung of every ladder comes up.
        let (small, large) = (10f64.powf(a.min(b)), 10f64.powf(a.max(b)));
        for ladder in [&ladder::WORDS[..], &ladder::BINARY, &ladder::SI, &ladder::TIME, &ladder::CORES] {
            let size = |value| ladder::rung(ladder, value, 1.0, decimals).size;
            prop_assert!(size(small) <= size(large));
        }
    }

    #[test]
    fn short_of_a_hundred_is_never_a_hundred(value in 0.0..99.999_999f64, decimals in prop::option::of(0u8..6)) {
        let options = FormatOptions { decimals, ..Default::default() };
        let text = Unit::parse("percent").unwrap().format(value, &options);
        prop_assert!(!text.starts_with("100"), "{} of {}", text, value);
    }

    #[test]
    fn tick_labels_are_alike(at in 0..known::KNOWN.len(), first in -1e9..1e9f64, step in 1e-9..1e9f64, count in 0usize..12) {
        let (id, rule) = &known::KNOWN[at];
        let values: Vec<_> = (0..count).map(|at| first + step * at as f64).collect();
        let labels = Unit::parse(id).unwrap().ticks(&values, step);
        prop_assert_eq!(labels.len(), values.len());
        if matches!(rule, Rule::Scaled(_)) {
            let shape = |label: &String| {
                let end = label.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
                let decimals = label[..end].rsplit_once('.').map_or(0, |(_, tail)| tail.len());
                (decimals, label[end..].to_owned())
            };
            let shapes: Vec<_> = labels.iter().map(shape).collect();
            prop_assert!(shapes.windows(2).all(|pair| pair[0] == pair[1]), "{:?}", labels);
        }
    }

    #[test]
    fn ticks_never_panic(id in any_id(), values in prop::collection::vec(any::<f64>(), 0..5), step: f64) {
        if let Ok(unit) = Unit::parse(&id) {
            prop_assert_eq!(unit.ticks(&values, step).len(), values.len());
        }
    }
}
