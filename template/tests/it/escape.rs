//! Queries made of templates: no label can change one.

use proptest::prelude::*;
use venti_model::labels::Labels;
use venti_template::Template;

use super::support::Alert;

fn query(text: &str, pod: &str) -> Result<String, String> {
    let alert = Alert {
        labels: Labels::from_iter([("pod", pod)]),
        ..Alert::default()
    };
    let template = Template::parse("T", text).unwrap();
    let query = template.render_query(&alert.data(), &alert.queries);
    query.map_err(|error| error.to_string())
}

#[test]
fn labels_are_escaped_in_quotes() {
    let text = r#"pod{pod="{{ $labels.pod }}",x='{{ $labels.pod }}'} |= `{{ $labels.pod }}`"#;
    assert_eq!(
        query(text, r#"a"b'\"#).unwrap(),
        r#"pod{pod="a\"b'\\",x='a"b\'\\'} |= `a"b'\`"#
    );
    assert!(
        query(text, "`")
            .unwrap_err()
            .contains("would end the raw string")
    );
}

#[test]
fn outside_of_quotes_there_are_names_and_numbers() {
    assert_eq!(
        query("x[{{ $labels.pod }}] > {{ $value }}", "5m").unwrap(),
        "x[5m] > 5"
    );
    let quoted = "pod{pod={{ printf \"%q\" $labels.pod }}}";
    assert_eq!(query(quoted, "a\"}").unwrap(), r#"pod{pod="a\"}"}"#);
    let error = query("pod{pod={{ $labels.pod }}}", r#""x"} or pod{"#).unwrap_err();
    assert!(
        error.ends_with("would change the query: put double quotes around the placeholder"),
        "{error}"
    );
}

proptest! {
    /// Whatever the label says, the query is the one that was written, and
    /// the label is read back from it as it is.
    #[test]
    fn a_label_stays_one_string(pod in any::<String>()) {
        let text = r#"pod{namespace="{{ $labels.pod }}"} |= "error""#;
        let query = query(text, &pod).unwrap();
        let tokens = lethe::letheql::tokens(&query);
        prop_assert!(tokens.1.is_none() || pod.contains('\u{fffd}'), "{query}: {:?}", tokens.1);
        if tokens.1.is_none() {
            prop_assert_eq!(tokens.0.len(), lethe::letheql::tokens(r#"pod{namespace="x"} |= "error""#).0.len());
        }
        let literal = query
            .strip_prefix("pod{namespace=").unwrap()
            .strip_suffix("} |= \"error\"").unwrap();
        let value = lethe::letheql::strings::value(literal);
        prop_assert_eq!(String::from_utf8(value).unwrap(), pod);
    }
}
