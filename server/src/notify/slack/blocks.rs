//! A message as blocks of Slack, within the limits of its API.
//!
//! Limits: 150 characters of a header, 3,000 of a section's text, 50 blocks, and about 13,200
//! characters over all blocks (slackapi/bolt-js issue 2509). All counts here are bytes of the
//! escaped text, which are never fewer than characters.

use serde_json::{Value, json};

use super::super::content::Content;
use super::super::text::{cut, floor};

const HEADER: usize = 150;
const SECTION: usize = 2_800;
const CONTEXT: usize = 1_900;
const FALLBACK: usize = 400;

/// The text for notifications and old clients, and the blocks.
pub(super) fn blocks(content: &Content, title: &str) -> (String, Vec<Value>) {
    let header = cut(title, HEADER);
    let mut blocks = vec![json!({
        "type": "header",
        "text": {"type": "plain_text", "text": header, "emoji": false},
    })];
    blocks.extend(section(&about(content)));
    blocks.extend(facts(content));
    let parts = [
        graph(content),
        lines(content),
        no_picture(content),
        links(content),
    ];
    for text in parts {
        blocks.extend(section(&text));
    }
    let summary = content.alerts.first().map_or("", |(it, _)| it);
    let fallback = escape(&cut(&format!("{title}: {summary}"), FALLBACK));
    (fallback, blocks)
}

/// As Slack wants text to be written that is no markup, so that no line can mention anybody or
/// make a link.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// The same, cut so that no entity is.
fn escape_cut(text: &str, bytes: usize) -> String {
    let escaped = escape(text);
    if escaped.len() <= bytes {
        return escaped;
    }
    let kept = floor(&escaped, bytes.saturating_sub('…'.len_utf8()));
    let kept = match kept.rfind('&') {
        Some(at) if !kept.get(at..).unwrap_or_default().contains(';') => floor(kept, at),
        _ => kept,
    };
    format!("{kept}…")
}

/// Slack refuses empty ones.
fn section(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(
        || json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}}),
    )
}

fn about(content: &Content) -> String {
    let mut text = String::new();
    let is_one = content.alerts.len() == 1;
    // An equal share for each, and room for the count.
    let share = (SECTION - 100) / content.alerts.len().max(1);
    for (summary, description) in &content.alerts {
        let mut part = escape_cut(summary, share.min(700) - 10);
        part = if is_one {
            format!("*{part}*")
        } else {
            format!("• *{part}*")
        };
        let left = share.saturating_sub(part.len() + 2);
        if !description.trim().is_empty() && left > 20 {
            part = format!("{part}\n{}", escape_cut(description.trim(), left));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&part);
    }
    if content.more_alerts > 0 {
        text.push_str(&format!("\n… and {} more", content.more_alerts));
    }
    text
}

fn facts(content: &Content) -> Option<Value> {
    let facts = content.facts.iter();
    let facts: Vec<String> = facts
        .map(|(name, value)| format!("{name}: {}", escape_cut(value, 250)))
        .collect();
    (!facts.is_empty()).then(|| {
        let text = cut_parts(&facts, " · ", CONTEXT);
        json!({"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": true}]})
    })
}

fn graph(content: &Content) -> String {
    let graph = content.graph.as_deref().unwrap_or_default();
    if graph.is_empty() {
        return String::new();
    }
    format!("`{}`", escape_cut(&graph.replace('`', "'"), 400))
}

fn lines(content: &Content) -> String {
    const FENCE: &str = "```";
    if content.lines.is_empty() {
        return match &content.lookup_error {
            Some(error) => format!("_log lookup failed: {}_", escape_cut(error, 500)),
            None => String::new(),
        };
    }
    let room = SECTION - 200;
    let (mut text, mut left_out) = (String::new(), 0);
    for line in &content.lines {
        let line = escape(&line.replace("``", "`\u{200b}`"));
        if text.len() + line.len() < room && left_out == 0 {
            text.push_str(&line);
            text.push('\n');
        } else {
            left_out += 1;
        }
    }
    let known = content.more_lines.as_deref().unwrap_or("0");
    let sign = if known.ends_with('+') { "+" } else { "" };
    let more = known.trim_end_matches('+').parse::<usize>().unwrap_or(0) + left_out;
    let more = if more > 0 {
        format!("… {more}{sign} more\n")
    } else {
        String::new()
    };
    format!("{FENCE}\n{text}{more}{FENCE}")
}

fn no_picture(content: &Content) -> String {
    match &content.picture_error {
        Some(error) => format!("_no picture: {}_", escape_cut(error, 500)),
        None => String::new(),
    }
}

fn links(content: &Content) -> String {
    let links = content.links.iter();
    let links: Vec<String> = links
        .map(|(name, url)| format!("<{}|{name}>", address(url)))
        .collect();
    cut_parts(&links, " · ", SECTION)
}

/// An address that cannot end its link.
fn address(url: &str) -> String {
    let url = url.replace('|', "%7C");
    escape(&url.replace('<', "%3C").replace('>', "%3E"))
}

/// As many whole parts as there is room for.
fn cut_parts(parts: &[String], between: &str, bytes: usize) -> String {
    let mut text = String::new();
    for part in parts {
        if text.len() + between.len() + part.len() <= bytes {
            if !text.is_empty() {
                text.push_str(between);
            }
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(blocks: &[Value]) -> Vec<&str> {
        blocks
            .iter()
            .map(|it| {
                let section = it["text"]["text"].as_str();
                section.or(it["elements"][0]["text"].as_str()).unwrap()
            })
            .collect()
    }

    #[test]
    fn a_message_has_all_its_parts() {
        let content = Content {
            title: "FIRING 1: Full".to_owned(),
            alerts: vec![("disk <!here> full".to_owned(), "a & b".to_owned())],
            facts: vec![("severity", "page".to_owned()), ("value", "5".to_owned())],
            graph: Some("▁█  min 0 max 7".to_owned()),
            lines: vec!["12:00:00 web | ```x <@U1>".to_owned()],
            more_lines: Some("37".to_owned()),
            links: vec![("Logs", "https://v.example/l?a=1&b=|>".to_owned())],
            ..Content::default()
        };
        let (text, blocks) = blocks(&content, "FIRING 1: Full");
        assert_eq!(text, "FIRING 1: Full: disk &lt;!here&gt; full");
        assert_eq!(
            texts(&blocks),
            [
                "FIRING 1: Full",
                "*disk &lt;!here&gt; full*\na &amp; b",
                "severity: page · value: 5",
                "`▁█  min 0 max 7`",
                "```\n12:00:00 web | `\u{200b}``x &lt;@U1&gt;\n… 37 more\n```",
                "<https://v.example/l?a=1&amp;b=%7C%3E|Logs>",
            ]
        );
    }

    #[test]
    fn a_failed_lookup_is_told() {
        let content = Content {
            lookup_error: Some("no <answer>".to_owned()),
            picture_error: Some("no <panel>".to_owned()),
            ..Content::default()
        };
        let (_, blocks) = blocks(&content, "");
        let texts = texts(&blocks);
        assert!(texts.contains(&"_log lookup failed: no &lt;answer&gt;_"));
        assert!(texts.contains(&"_no picture: no &lt;panel&gt;_"));
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,40}",
            "[`<>&!|@a-c\u{1F600}ü]{0,400}",
            "[<&]{0,5000}",
            Just("<!here> ``` <@U1>".to_owned()),
            "x{0,9000}",
        ]
    }

    prop_compose! {
        fn contents()(
            title in hostile(),
            alerts in prop::collection::vec((hostile(), hostile()), 0..6),
            facts in prop::collection::vec(hostile(), 0..6),
            graph in prop::option::of(hostile()),
            lines in prop::collection::vec(hostile(), 0..50),
            links in prop::collection::vec(hostile(), 0..5),
            lookup_error in prop::option::of(hostile()),
            picture_error in prop::option::of(hostile()),
        ) -> Content {
            Content {
                title,
                alerts,
                more_alerts: 3,
                facts: facts.into_iter().map(|it| ("fact", it)).collect(),
                graph,
                lines,
                more_lines: Some("490+".to_owned()),
                lookup_error,
                picture_error,
                links: links.into_iter().map(|it| ("Link", it)).collect(),
                told: Vec::new(),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_message_is_within_the_limits(content in contents()) {
            let (text, blocks) = blocks(&content, &content.title);
            prop_assert!(text.chars().count() <= 4_000);
            prop_assert!(blocks.len() <= 8);
            let texts = texts(&blocks);
            prop_assert!(texts[0].chars().count() <= 150);
            prop_assert!(texts.iter().all(|it| it.len() <= 2_900));
            prop_assert!(texts.iter().map(|it| it.chars().count()).sum::<usize>() <= 12_000);
            // Of `<` only our own links begin with one, and no fence is within lines.
            for text in &texts[1..] {
                for (at, _) in text.match_indices('<') {
                    let link = text[at..].split_once('>').unwrap().0;
                    prop_assert!(link.ends_with("|Link"), "{}", link);
                }
                let fences = text.matches("```").count();
                prop_assert!(fences == 0 || !text.starts_with("```\n") || fences == 2, "{}", text);
            }
        }
    }
}
