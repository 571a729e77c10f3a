//! Names of series by the legend templates of dashboards.

use crate::labels::Labels;

/// Fills `{{label}}` in a legend template with the labels of a series.
///
/// Blanks inside the braces do not count and a label that the series lacks is left out,
/// where the original printed `undefined`. A template without braces is a constant. Without
/// a template the series shows as Prometheus prints it.
pub fn render(template: Option<&str>, labels: &Labels) -> String {
    let Some(template) = template.filter(|it| !it.is_empty()) else {
        return labels.to_string();
    };
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once("{{") {
        let Some((name, after)) = inside.split_once("}}") else {
            break;
        };
        text.push_str(before);
        text.push_str(labels.get(name.trim()).unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(template: &str, expected: &str) {
        let labels =
            Labels::from_iter([("pod", "web-1"), ("namespace", "shop"), ("odd", "{{pod}}")]);
        assert_eq!(render(Some(template), &labels), expected, "{template}");
    }

    #[test]
    fn fills_labels() {
        check("{{namespace}}/{{pod}}", "shop/web-1");
        check("{{ pod }}", "web-1");
        check("Active", "Active");
        check("{{nosuch}}-x", "-x");
        check("open {{pod", "open {{pod");
        check("{{odd}}", "{{pod}}");
        check("", r#"{namespace="shop", odd="{{pod}}", pod="web-1"}"#);
    }

    proptest! {
        #[test]
        fn never_panics(template in ".{0,40}") {
            render(Some(&template), &Labels::default());
        }
    }
}
