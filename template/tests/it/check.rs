//! What is found before a template runs.

use venti_template::{FindingKind, Template};

fn findings(text: &str, kind: FindingKind) -> Vec<String> {
    let template = Template::parse("T", text).unwrap();
    template
        .check()
        .iter()
        .filter(|finding| finding.kind == kind)
        .map(|finding| format!("{}: {}", finding.position, finding.message))
        .collect()
}

#[test]
fn what_always_fails_is_found() {
    for (text, expected) in [
        (
            "{{ value }}",
            "1:4: wrong number of args for value: want 1 got 0",
        ),
        (
            "a\n {{ printf }}",
            "2:5: wrong number of args for printf: want at least 1 got 0",
        ),
        (
            "{{ \"a\" | toUpper \"b\" }}",
            "1:10: wrong number of args for toUpper: want 1 got 2",
        ),
        (
            "{{ toUpper $value }}",
            "1:12: toUpper takes a value of type string; got float64",
        ),
        (
            "{{ $value | toUpper }}",
            "1:13: toUpper takes a value of type string; got float64",
        ),
        (
            "{{ query \"up\" | value }}",
            "1:17: value takes a value of type *template.sample; got template.queryResult",
        ),
        (
            "{{ $value.Foo }}",
            "1:4: can't evaluate field Foo in type float64",
        ),
        (
            "{{ if true }}{{ (query \"x\" | first).Lables }}{{ end }}",
            "1:17: can't evaluate field Lables in type *template.sample",
        ),
        (
            "{{ range query \"x\" }}{{ .Name }}{{ end }}",
            "1:25: can't evaluate field Name in type *template.sample",
        ),
        (
            "{{ range $i, $s := query \"x\" }}{{ $i.x }}{{ end }}",
            "1:35: can't evaluate field x in type int",
        ),
        (
            "{{ with $labels.job }}{{ .x }}{{ end }}",
            "1:26: can't evaluate field x in type string",
        ),
        (
            "{{ range $value }}{{ end }}",
            "1:10: range can't iterate over a value of type float64",
        ),
        ("{{ template \"x\" }}", "1:4: template \"x\" not defined"),
        (
            "{{ define \"x\" }}{{ first }}{{ end }}",
            "1:20: wrong number of args for first: want 1 got 0",
        ),
        ("{{ nil }}", "1:4: nil is not a command"),
        (
            "{{ $value 1 }}",
            "1:4: can't give argument to non-function $value",
        ),
        (
            "{{ match \"(\" \"x\" }}",
            "1:4: error parsing regexp: missing closing ): `(`",
        ),
        (
            "{{ print 18446744073709551615 }}",
            "1:10: 18446744073709551615 overflows int",
        ),
    ] {
        assert_eq!(findings(text, FindingKind::Error), [expected], "{text}");
    }
}

#[test]
fn fields_of_the_dot_are_known() {
    let found = findings(
        "{{ .Foo }}{{ $.Bar }}{{ define \"x\" }}{{ .Foo }}{{ end }}",
        FindingKind::Error,
    );
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("1:4: can't evaluate field Foo in type struct { Labels"));
    assert!(found[1].starts_with("1:14: can't evaluate field Bar in type struct { Labels"));
}

#[test]
fn what_may_work_is_not_found() {
    for text in [
        "{{ $x := 1 }}{{ if $value }}{{ $x = \"a\" }}{{ end }}{{ toUpper $x }}",
        "{{ range $logs }}{{ .Time.Format \"15:04\" | toUpper }}{{ end }}",
        "{{ with query \"x\" }}{{ . | first | label \"a\" | title }}{{ end }}",
        "{{ (args 1 $labels).arg1.job | toUpper }}",
        "{{ define \"x\" }}{{ .Anything }}{{ end }}{{ template \"x\" (args 1) }}",
        "{{ if (index $labels \"a\") | match \"x\" }}{{ end }}",
        "{{ first nil }}",
    ] {
        assert_eq!(findings(text, FindingKind::Error), [""; 0], "{text}");
    }
}

#[test]
fn what_prometheus_does_not_know_is_told() {
    let own = |text| findings(text, FindingKind::OursOnly);
    assert_eq!(
        own("{{ range $logs }}{{ .Log }}{{ end }}"),
        ["1:10: $logs is ours only: Prometheus refuses the rule file"]
    );
    assert_eq!(
        own("{{ $datasource }} {{ .ActiveAt }}"),
        [
            "1:4: $datasource is ours only: Prometheus refuses the rule file",
            "1:22: field ActiveAt is ours only: in Prometheus it is an error"
        ]
    );
    assert_eq!(
        own("{{ $labels.Logs }} {{ .Value }} {{ $externalURL }}"),
        [""; 0]
    );
}

#[test]
fn queries_are_known_ahead() {
    let text = "{{ query \"a\" | first }}{{ \"b\" | query }}{{ printf \"%s\" \"c\" | query }}";
    let template = Template::parse("T", text).unwrap();
    let queries: Vec<_> = template
        .queries()
        .iter()
        .map(|call| (call.position.column, call.query.as_deref()))
        .collect();
    assert_eq!(queries, [(4, Some("a")), (33, Some("b")), (62, None)]);
}
