//! Functions, verbs and statements, against what Prometheus 2.42 shows for the
//! same templates: `prometheus.jsonl` holds pairs of a template of our own and
//! what an alert's annotation became, for the alert of [`support`](super::support).

use super::support::shown;

/// Where this shows something else, and why.
const DEVIATIONS: [(&str, &str); 8] = [
    // There it is a message of Go's runtime.
    ("{{ len nil }}", "error calling len: len of type <nil>"),
    ("{{ value nil }}", "error calling value: there is no sample"),
    // There the whole value is printed.
    (
        "{{ eq $labels $labels }}",
        "error calling eq: non-comparable type map[string]string",
    ),
    // There the expression is written twice.
    (
        "{{ reReplaceAll \"[\" \"\" \"a\" }}",
        "error calling reReplaceAll: error parsing regexp: missing closing ]: `[`",
    ),
    // The same messages, there about another part of the expression.
    (
        "{{ (query \"v\" | first).Foo }}",
        "can't evaluate field Foo in type *template.sample",
    ),
    ("{{ (5) 1 }}", "can't give argument to non-function (5)"),
    // Known to later versions of Go.
    ("{{ range 3 }}x{{ end }}", "xxx"),
    // Where the outputs were recorded there is no external URL.
    (
        "{{ externalURL }}|{{ pathPrefix }}|{{ graphLink \"a b\" }}|{{ tableLink \"x>1\" }}|{{ safeHtml \"<b>\" }}|{{ args 1 \"a\" }}",
        "http://venti.example:8080/pfx|/pfx|/graph?g0.expr=a+b&g0.tab=0|/graph?g0.expr=x%3E1&g0.tab=1|<b>|map[arg0:1 arg1:a]",
    ),
];

/// An error without its position, which is counted differently there.
fn comparable(text: &str) -> String {
    match text.split_once(" executing \"") {
        Some((before, behind)) if before.starts_with("<error expanding template:") => {
            format!("executing \"{behind}")
        }
        _ => text.to_owned(),
    }
}

#[test]
fn outputs_are_those_of_prometheus() {
    let mut faults = Vec::new();
    let mut deviations = DEVIATIONS.to_vec();
    for line in include_str!("prometheus.jsonl").lines() {
        let (template, expected): (String, String) = serde_json::from_str(line).unwrap();
        let found = shown(&template);
        if comparable(&found) == comparable(&expected) {
            continue;
        }
        let known = deviations.len();
        deviations.retain(|(of, shown)| {
            let is_shown = found == *shown || found.ends_with(&format!(": {shown}>"));
            *of != template || !is_shown
        });
        if deviations.len() == known {
            faults.push(format!("{template}\n  {found}\n  {expected}"));
        }
    }
    assert!(
        faults.is_empty(),
        "{} differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(deviations.is_empty(), "no longer: {deviations:?}");
}

/// What Prometheus learned only after the version that was recorded, and what
/// depends on the time.
#[test]
fn later_functions() {
    for (template, expected) in [
        ("{{ now }}", "1.7000000005e+09"),
        (
            "{{ now | humanizeTimestamp }}",
            "2023-11-14 22:13:20.5 +0000 UTC",
        ),
        ("{{ toDuration 90 }}", "1m30s"),
        ("{{ (toDuration 90).Minutes }}", "1.5"),
        ("{{ toDuration 5400 | humanizeDuration }}", "1h 30m 0s"),
        ("{{ (toDuration 1.5).Milliseconds }}", "1500"),
        ("{{ urlQueryEscape \"a b&c\" }}", "a+b%26c"),
        (
            "{{ with 0 }}a{{ else with 5 }}{{ . }}{{ else }}b{{ end }}",
            "5",
        ),
        (
            "{{ range $i, $n := 3 }}{{ $i }}{{ $n }},{{ end }}",
            "00,11,22,",
        ),
    ] {
        assert_eq!(shown(template), expected, "{template}");
    }
}

/// Where Go's integers overflow, a duration stays at the longest one.
#[test]
fn durations_are_clamped() {
    let longest = "106751991167300d 15h 30m 7s";
    assert_eq!(shown("{{ humanizeDuration 1e21 }}"), longest);
    assert_eq!(
        shown("{{ humanizeDuration -1e300 }}"),
        format!("-{longest}")
    );
    assert_eq!(
        shown("{{ humanizeDuration 9.2e18 }}"),
        "106481481481481d 11h 33m 20s"
    );
}

#[test]
fn what_only_we_know() {
    for (template, expected) in [
        (
            "{{ range $logs }}{{ .Pod }}: {{ .Log }};{{ end }}",
            "web-1: second;web-1: first;",
        ),
        (
            "{{ range $i, $line := .Logs }}{{ $i }} {{ $line }};{{ end }}",
            "0 second;1 first;",
        ),
        ("{{ len $logs }} {{ (index $logs 1).Log }}", "2 first"),
        (
            "{{ range slice $logs 0 1 }}{{ .Time.Format \"15:04:05\" }}{{ end }}",
            "22:13:20",
        ),
        ("{{ $logs }}", "[second first]"),
        ("{{ $datasource }} {{ .Datasource }}", "main main"),
        (
            "{{ $activeAt.Unix }} {{ .ActiveAt }}",
            "1700000000 2023-11-14 22:13:20.5 +0000 UTC",
        ),
    ] {
        assert_eq!(shown(template), expected, "{template}");
    }
}

#[test]
fn samples_in_lists_print_their_content() {
    let expected = "[{map[__name__:v a:b] 1}]";
    assert_eq!(shown("{{ query \"v\" }}"), expected);
}
