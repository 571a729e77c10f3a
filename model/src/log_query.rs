//! Queries in the languages of other log databases, as far as both sides have to agree on them:
//! whether they answer lines or numbers. All else only the database can tell.

/// Whether a LogsQL query computes numbers: it has a pipe `stats`, outside of quotes.
pub fn is_stats_of_logsql(query: &str) -> bool {
    let mut quote = None;
    let mut is_escaped = false;
    let mut after_pipe = false;
    for (index, c) in query.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(open) => {
                is_escaped = c == '\\' && open != '`';
                if c == open {
                    quote = None;
                }
            }
            None if after_pipe && !c.is_whitespace() => {
                let rest = query.get(index..).unwrap_or_default();
                let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
                if word == "stats" {
                    return true;
                }
                after_pipe = c == '|';
                quote = is_quote(c).then_some(c);
            }
            None => {
                after_pipe |= c == '|';
                quote = is_quote(c).then_some(c);
            }
        }
    }
    false
}

/// Whether a LogQL query computes numbers: what selects lines begins with its selector, what
/// counts with a function.
pub fn is_metric_of_logql(query: &str) -> bool {
    !query.trim_start().starts_with('{')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pipe_of_stats_makes_numbers() {
        for numbers in [
            "* | stats count()",
            "a|stats by (b) count() c",
            "a | limit 3 | stats count()",
        ] {
            assert!(is_stats_of_logsql(numbers), "{numbers}");
        }
        for lines in [
            "stats",
            "a stats",
            r#""| stats""#,
            r#""\"| stats""#,
            "`\\` | sort by (stats)",
            "a | statsx",
        ] {
            assert!(!is_stats_of_logsql(lines), "{lines}");
        }
        assert!(
            is_stats_of_logsql("`\\` | stats count()"),
            "raw quotes escape nothing"
        );
    }

    #[test]
    fn a_selector_selects_lines() {
        assert!(!is_metric_of_logql(" {app=\"a\"} |= `b`"));
        assert!(is_metric_of_logql("rate({app=\"a\"}[1m])"));
    }

    proptest! {
        #[test]
        fn no_query_panics(text in any::<String>()) {
            let _ = (is_stats_of_logsql(&text), is_metric_of_logql(&text));
        }
    }
}
