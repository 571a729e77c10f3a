//! Nothing that is written as a template does harm.

use proptest::prelude::*;
use proptest::sample::select;
use venti_template::exercise;

/// Pieces that templates are made of, so that many are nearly right.
const PIECES: [&str; 64] = [
    "{{",
    "}}",
    "{{-",
    "-}}",
    " ",
    "\n",
    "(",
    ")",
    "|",
    ":=",
    "=",
    ",",
    ".",
    "$",
    "$x",
    "$labels",
    "$value",
    "$logs",
    "$labels.job",
    ".Value",
    ".x",
    "\"a\"",
    "`b`",
    "'c'",
    "1",
    "-2.5",
    "1e308",
    "0x1p-2",
    "nil",
    "true",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "template",
    "block",
    "break",
    "continue",
    "query",
    "first",
    "value",
    "printf",
    "\"%*.*[1]v%#x%08.3f%+q%U\"",
    "humanize",
    "humanizeDuration",
    "humanizeTimestamp",
    "toTime",
    "index",
    "slice",
    "len",
    "args",
    "eq",
    "lt",
    "and",
    "or",
    "not",
    "print",
    "reReplaceAll",
    "match",
    "html",
    "/*",
    "*/",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        exercise(&text);
    }

    #[test]
    fn nearly_templates_are_survived(pieces in prop::collection::vec(select(&PIECES[..]), 0..60)) {
        exercise(&pieces.join(" "));
        exercise(&pieces.concat());
    }

    #[test]
    fn actions_are_survived(words in prop::collection::vec(select(&PIECES[10..]), 1..8)) {
        exercise(&format!("{{{{ {} }}}}", words.join(" ")));
        exercise(&format!("{{{{ range {} }}}}{{{{ . }}}}{{{{ end }}}}", words.join(" ")));
    }

    #[test]
    fn formats_are_survived(format in "[%#0+ .*\\[\\]0-9a-zA-Z-]{0,20}", number in any::<f64>()) {
        exercise(&format!("{{{{ printf {format:?} {number:?} 7 `text` true $labels }}}}"));
    }
}
