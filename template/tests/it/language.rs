//! The language itself: what does not parse, what fails and where, what asks
//! for a query, and what is bounded.

use venti_template::{Queries, RenderError, Template};

use super::support::{Alert, reason, shown};

fn parse_error(text: &str) -> String {
    match Template::parse("T", text) {
        Ok(_) => panic!("{text} is a template"),
        Err(error) => {
            let message = error.to_string();
            let prefix = "error parsing template T: template: T:";
            message.strip_prefix(prefix).unwrap().to_owned()
        }
    }
}

#[test]
fn what_is_no_template_is_refused_with_its_place() {
    for (text, expected) in [
        ("{{ $lables.job }}", r#"1:4: undefined variable "$lables""#),
        (
            "a\n{{ sprintf \"x\" }}",
            r#"2:4: function "sprintf" not defined"#,
        ),
        ("{{ break }}", "1:4: {{break}} outside {{range}}"),
        (
            "{{ range . }}{{ define \"x\" }}{{ end }}",
            r#"1:17: unexpected "define" in action"#,
        ),
        (
            "{{ define \"x\" }}{{ continue }}{{ end }}",
            "1:20: {{continue}} outside {{range}}",
        ),
        ("{{ if }}", "1:7: missing value for if"),
        ("{{ $labels.job", "1:1: unclosed action"),
        ("{{ if 1 }}", "1:4: unexpected EOF: if is not closed by end"),
        ("{{ end }}", "1:4: unexpected {{end}}"),
        (
            "{{ if 1 }}{{ else }}{{ else }}{{ end }}",
            "1:29: expected end; found {{else}}",
        ),
        (
            "{{ 1 | 2 }}",
            "1:8: non executable command in pipeline stage 2",
        ),
        ("{{ 1 | }}", "1:6: missing value behind | in command"),
        ("{{ | 1 }}", r#"1:4: unexpected "|" in command"#),
        ("{{ $a, $b := 1 }}", "1:4: too many declarations in command"),
        (
            "{{ range $a, 1 }}{{ end }}",
            "1:12: range can only initialize variables",
        ),
        ("{{ $x = 1 }}", r#"1:4: undefined variable "$x""#),
        ("{{ print 1.2.3 }}", r#"1:10: bad number syntax: "1.2.3""#),
        ("{{ print 1i }}", r#"1:10: bad number syntax: "1i""#),
        (
            "{{ 99999999999999999999 }}",
            r#"1:4: integer overflow: "99999999999999999999""#,
        ),
        ("{{ 'ab' }}", r#"1:4: malformed character constant: "'ab'""#),
        (r#"{{ "\z" }}"#, "1:4: unknown escape sequence U+007A 'z'"),
        ("{{ \"x\".Foo }}", r#"1:4: unexpected . after term "\"x\"""#),
        (
            "{{ print \"a\"\"b\" }}",
            r#"1:13: unexpected "\"b\"" in operand"#,
        ),
        (
            "{{ template x }}",
            r#"1:13: unexpected "x" in template clause"#,
        ),
        (
            "{{ define \"a\" }}1{{ end }}{{ define \"a\" }}2{{ end }}",
            r#"1:30: multiple definition of template "a""#,
        ),
        (
            "{{ define \"a\" }}{{ $value }}{{ end }}",
            r#"1:20: undefined variable "$value""#,
        ),
        (
            "{{ if $x := 1 }}{{ end }}{{ $x }}",
            r#"1:29: undefined variable "$x""#,
        ),
        ("{{ (1 }}", "1:7: unclosed left paren"),
    ] {
        assert_eq!(parse_error(text), expected, "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = |count: usize| format!("{{{{ {}1{} }}}}", "(".repeat(count), ")".repeat(count));
    assert_eq!(shown(&deep(100)), "1");
    assert!(parse_error(&deep(101)).ends_with("nested more than 100 deep"));
    let blocks = "{{if 1}}".repeat(100_000) + &"{{end}}".repeat(100_000);
    assert!(parse_error(&blocks).ends_with("nested more than 100 deep"));
    // A chain is not deep.
    let chain = format!(
        "{{{{if 0}}}}{}{{{{else}}}}x{{{{end}}}}",
        "{{else if 0}}".repeat(1_000)
    );
    assert_eq!(shown(&chain), "x");
}

#[test]
fn failures_say_where_in_which_part() {
    let text = "first line\n{{ define \"part\" }}{{ toUpper . }}{{ end }}{{ template \"part\" 5 }}";
    let Err(RenderError::Failed(error)) = Alert::default().render(text) else {
        panic!("it renders");
    };
    assert_eq!((error.position.line, error.position.column), (2, 31));
    assert_eq!(
        error.to_string(),
        "error executing template __alert_T: template: __alert_T:2:31: executing \"part\" \
         at <.>: wrong type for value; expected string; got int"
    );
}

#[test]
fn work_and_output_are_bounded() {
    let doubling = "{{ $x := \"ab\" }}".to_owned() + &"{{ $x = print $x $x }}".repeat(40);
    assert_eq!(
        reason(&doubling),
        "error calling print: the text grows beyond 1048576 bytes"
    );
    assert_eq!(
        reason("{{ printf \"%1000000d%1000000d\" 1 1 }}"),
        "error calling printf: the text grows beyond 1048576 bytes"
    );
    assert_eq!(
        reason("{{ range 2000000 }}x{{ end }}"),
        "the template does too much work"
    );
    assert_eq!(
        reason("{{ $x := printf \"%500000d\" 1 }}{{ range 9 }}{{ $x }}{{ end }}"),
        "the text grows beyond 1048576 bytes"
    );
    assert_eq!(
        reason("{{ define \"r\" }}{{ template \"r\" . }}{{ end }}{{ template \"r\" 1 }}"),
        "exceeded maximum template depth (50)"
    );
    assert_eq!(
        reason("{{ range 9000 }}{{ match (print \"(\\\\pL{100}){9}\" .) \"a\" }}{{ end }}"),
        "error calling match: the regular expression `(\\pL{100}){9}0` is too large"
    );
}

#[test]
fn queries_are_asked_for_one_after_the_other() {
    let text = "{{ range query \"up\" }}{{ query (print \"q\" .Labels.a) | len }}{{ end }}";
    let template = Template::parse("T", text).unwrap();
    let mut alert = Alert {
        queries: Queries::default(),
        ..Alert::default()
    };
    let asked = |alert: &Alert| match template.render(&alert.data(), &alert.queries) {
        Err(RenderError::NeedsQuery(query)) => query,
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(&alert), "up");
    alert
        .queries
        .insert("up", Ok(super::support::samples(&["1", "2"])));
    assert_eq!(asked(&alert), "q1");
    alert
        .queries
        .insert("q1", Ok(super::support::samples(&["x"])));
    assert_eq!(asked(&alert), "q2");
    alert.queries.insert("q2", Ok(Vec::new()));
    assert_eq!(
        template.render(&alert.data(), &alert.queries).unwrap(),
        "10"
    );
}

#[test]
fn asking_comes_to_an_end() {
    let text = "{{ range 100 }}{{ query (print .) }}{{ end }}";
    let template = Template::parse("T", text).unwrap();
    let mut alert = Alert {
        queries: Queries::default(),
        ..Alert::default()
    };
    for _ in 0..100 {
        match template.render(&alert.data(), &alert.queries) {
            Err(RenderError::NeedsQuery(query)) => alert.queries.insert(query, Ok(Vec::new())),
            Err(RenderError::Failed(error)) => {
                let message = "error calling query: the template makes too many queries";
                return assert_eq!(error.message, message);
            }
            Ok(text) => panic!("{text}"),
        }
    }
    panic!("it asks on");
}
