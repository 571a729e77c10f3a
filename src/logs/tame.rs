//! Which regular expressions may run in the browser, and on how long a text.
//!
//! Lethe's engine takes time in proportion to a text whatever the expression; the browser's goes
//! back and tries again, and a link could hold an expression on which it does so for hours. How
//! often it can go back is bounded by what stands in the expression, so that is counted first.

/// Alternatives and optional parts, each of which may double the work.
const MOST_CHOICES: u32 = 12;

/// The longest text, in letters, on which the browser may try an expression; `None` when it
/// may not at all. Repetitions within repetitions never may.
pub(super) fn longest_text(expression: &str) -> Option<usize> {
    let mut choices = 0;
    let mut repetitions = 0;
    // Of each open group, whether something in it repeats or chooses.
    let mut groups = vec![false];
    let mut closed = false;
    let mut chars = expression.chars();
    while let Some(c) = chars.next() {
        let was_closed = std::mem::take(&mut closed);
        let is_group_varied = was_closed && groups.last().copied().unwrap_or_default();
        match c {
            '\\' => drop(chars.next()),
            '[' => skip_class(&mut chars),
            '(' => {
                groups.push(false);
                // `(?:` and `(?i)` are no repetitions.
                if chars.as_str().starts_with('?') {
                    chars.next();
                }
            }
            ')' => {
                let varied = groups.pop().unwrap_or_default();
                closed = varied;
                if let Some(outer) = groups.last_mut() {
                    *outer |= varied;
                } else {
                    groups.push(varied);
                }
            }
            '|' => {
                choices += 1;
                groups.iter_mut().for_each(|it| *it = true);
            }
            '?' => {
                choices += 1;
                groups.iter_mut().for_each(|it| *it = true);
            }
            '*' | '+' | '{' => {
                if is_group_varied {
                    return None;
                }
                repetitions += 1;
                groups.iter_mut().for_each(|it| *it = true);
            }
            _ => {}
        }
    }
    if choices > MOST_CHOICES {
        return None;
    }
    // A text of n units takes n steps for each place to start and for each repetition.
    match repetitions {
        0 => Some(8192),
        1 => Some(4096),
        2 => Some(512),
        3 => Some(192),
        _ => None,
    }
}

/// Goes behind the `]` of a class.
fn skip_class(chars: &mut std::str::Chars<'_>) {
    let mut is_first = true;
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            ']' if !is_first => return,
            '^' if is_first => continue,
            _ => {}
        }
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_expressions_run() {
        for expression in [
            "error",
            "(?i)error|fail|refused",
            r"status=5\d\d",
            r"took \d+ms",
            "timeout.*retry",
            r"[^]*+)]+",
            r"(GET|POST) /api/\S+",
            r"\(\*\+",
        ] {
            assert!(longest_text(expression).is_some(), "{expression}");
        }
    }

    #[test]
    fn expressions_that_may_take_for_ever_do_not() {
        for expression in [
            "(a+)+$",
            "(a|aa)+$",
            "((a*))*b",
            "(x?){40}",
            "a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaa",
            ".*.*.*.*=",
            "(.*a){12}",
        ] {
            assert_eq!(longest_text(expression), None, "{expression}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(expression in r"[a()\[\]|?*+{}\\^]{0,30}") {
            let _ = longest_text(&expression);
        }
    }
}
