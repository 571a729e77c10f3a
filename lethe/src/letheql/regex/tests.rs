use ::regex::bytes::Regex;
use proptest::prelude::*;

use super::{translate, translate_capturing};

fn matches(pattern: &str, text: &str) -> bool {
    let translated = translate(pattern.as_bytes()).unwrap_or_else(|it| panic!("{pattern}: {it}"));
    Regex::new(&translated)
        .unwrap_or_else(|it| panic!("{pattern} became {translated}: {it}"))
        .is_match(text.as_bytes())
}

fn error(pattern: &str) -> String {
    match translate(pattern.as_bytes()) {
        Ok(translated) => panic!("{pattern} became {translated}"),
        Err(error) => error.to_string(),
    }
}

/// Each expression with a text that it matches and one that it does not.
#[test]
fn expressions_mean_what_they_mean_in_go() {
    for (pattern, yes, no) in [
        (r"^\d+$", "123", "١٢٣"),
        (r"\w", "a", "한"),
        (r"^\s$", "\t", "\u{b}"),
        (r"^[[:alpha:]]$", "a", "é"),
        (r"^[\d-]+$", "1-2", "1_2"),
        (r"^[\D]$", "x", "1"),
        (r"\bfoo\b", "a foo b", "foobar"),
        (r"\Bo", "foo", "o"),
        ("foo{bar", "foo{bar", "foobar"),
        (r#"{"level""#, r#"{"level":1}"#, "level"),
        ("a{,2}", "a{,2}", "aa"),
        ("a{01}", "a{01}", "a"),
        ("^a{2}$", "aa", "a"),
        ("[[]", "[", "]"),
        ("^[]x]$", "]", "["),
        ("^[a&&b]+$", "a&b", "c"),
        ("^[a~~b]+$", "~ab", "c"),
        ("^[[a]b]$", "ab]", "ab"),
        (r"\<a\>", "<a>", "a"),
        (r"\_\%", "_%", "%"),
        (r"\Qa.b\E.", "a.bc", "axbc"),
        (r"\Qa.b", "a.b", "axb"),
        (r"\Aab\z", "ab", "abc"),
        (r"^\pL$", "é", "1"),
        (r"^\p{^L}$", "1", "é"),
        (r"^\P{L}$", "1", "é"),
        (r"^[\p{Hangul}x]+$", "한x", "y"),
        (r"^\p{C}$", "\u{1}", "\u{378}"),
        (r"^\P{Cs}$", "a", ""),
        (r"\033\[31m", "\u{1b}[31m", "[31m"),
        (r"^\101$", "A", "101"),
        (r"^\x41\x{D55C}$", "A한", "A"),
        ("(?i)k", "\u{212a}", "x"),
        ("(?i)HELLO", "hello", "help"),
        ("(?i)case (?-i)Error", "CASE Error", "CASE error"),
        ("(?s)a.b", "a\nb", "ab"),
        ("a.b", "a-b", "a\nb"),
        ("(?U)a+", "a", "b"),
        ("(?)a", "a", "b"),
        ("(?P<n>a)(?<m>b)", "ab", "a"),
        ("^*a", "a", "b"),
        ("(a*)*b", "b", "a"),
        ("a-b#c&d~e", "a-b#c&d~e", "ab"),
        (r"a\.b", "a.b", "axb"),
        (r"}", "}", "{"),
        (r"]", "]", "["),
    ] {
        assert!(matches(pattern, yes), "{pattern} should match {yes:?}");
        assert!(!matches(pattern, no), "{pattern} should not match {no:?}");
    }
    for matches_all in ["(a|b)|", "x*", "()", ""] {
        assert!(
            matches(matches_all, "") && matches(matches_all, "c"),
            "{matches_all}"
        );
    }
}

#[test]
fn faults_are_told_in_the_words_of_go() {
    for (pattern, expected) in [
        ("*", "missing argument to repetition operator: `*`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("(+)", "missing argument to repetition operator: `+`"),
        ("a|*", "missing argument to repetition operator: `*`"),
        ("a++", "invalid nested repetition operator: `++`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a*?+", "invalid nested repetition operator: `*?+`"),
        ("a{3,1}", "invalid repeat count: `{3,1}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("(a{100}){11}", "invalid repeat count: `{11}`"),
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("[^]", "missing closing ]: `[^]`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[a--b]", "invalid character class range: `a--`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\p{Foo}", r"invalid character class range: `\p{Foo}`"),
        (r"\p{latin}", r"invalid character class range: `\p{latin}`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?x) a", "invalid or unsupported Perl syntax: `(?x`"),
        ("(?#c)a", "invalid or unsupported Perl syntax: `(?#`"),
        ("(?>a)", "invalid or unsupported Perl syntax: `(?>`"),
        ("(?<=a)b", "invalid named capture: `(?<=a)b`"),
        ("(?P<n>a)(?P<n>b)", "duplicate capture group name: `n`"),
        (r"\Ga", r"invalid escape sequence: `\G`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"\C", r"invalid escape sequence: `\C`"),
        (r"a\", "trailing backslash at end of expression: ``"),
    ] {
        assert_eq!(
            error(pattern),
            format!("error parsing regexp: {expected}"),
            "{pattern}"
        );
    }
    let deep = format!("{}a{}", "(".repeat(101), ")".repeat(101));
    assert_eq!(
        error(&deep),
        format!("error parsing regexp: expression nests too deeply: `{deep}`")
    );
    assert!(translate(b"\xff").is_err());
}

/// Every name that is let through is one the engine knows.
#[test]
fn all_property_names_compile() {
    for name in super::unicode::all_names() {
        let translated = translate(format!(r"\p{{{name}}}").as_bytes()).unwrap();
        assert!(Regex::new(&translated).is_ok(), "{name}");
    }
}

proptest! {
    /// Whatever is let through compiles, except for what is too big.
    #[test]
    fn output_is_an_expression(pattern in r"([ -~한\n]|\\[ -~]|\[[ -~]{0,4}\]|\(\?[ -~]{0,2}){0,12}") {
        if let Ok(translated) = translate(pattern.as_bytes()) {
            let compiled = Regex::new(&translated);
            match compiled {
                Ok(_) | Err(::regex::Error::CompiledTooBig(_)) => {}
                Err(error) => panic!("{pattern} became {translated}: {error}"),
            }
        }
    }

    #[test]
    fn no_bytes_panic(pattern in any::<Vec<u8>>()) {
        let _ = translate(&pattern);
    }

    #[test]
    fn quoted_text_matches_itself(text in r"[^\\\n]{0,20}") {
        let quoted = format!(r"^\Q{text}\E$");
        prop_assert!(matches(&quoted, &text));
    }
}

#[test]
fn groups_capture_where_that_is_asked_for() {
    let pattern = br"(?i)(a)(?:b)(?P<last>c(d)?)";
    assert_eq!(translate(pattern).unwrap(), "(?i)(?:a)(?:b)(?:c(?:d)?)");
    let capturing = translate_capturing(pattern).unwrap();
    assert_eq!(capturing, "(?i)(a)(?:b)(?P<last>c(d)?)");
}
