//! The browser's own regular expressions, for marking what matched. A Rust engine would weigh
//! more than all of the page's own code.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use js_sys::{Array, Function, Reflect, RegExp};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;

use super::tame;

/// How long one text may take, in milliseconds, before the expression is given up.
const PATIENCE: f64 = 8.0;

/// How many matches in one text are marked.
const MOST_MATCHES: usize = 100;

/// An expression of Go that means the same in the browser.
#[derive(Debug)]
pub(super) struct Pattern {
    regexp: SendWrapper<RegExp>,
    longest: usize,
    is_slow: AtomicBool,
}

impl Pattern {
    /// Nothing for an expression that the browser does not know or might not get through.
    pub(super) fn new(expression: &str) -> Option<Pattern> {
        let (expression, flags) = match expression.strip_prefix("(?i)") {
            Some(rest) => (rest, "giu"),
            None => (expression, "gu"),
        };
        let longest = tame::longest_text(expression)?;
        // `RegExp::new` would throw through us.
        let class = Reflect::get(&js_sys::global(), &"RegExp".into()).ok()?;
        let class: &Function = class.unchecked_ref();
        let arguments = Array::of2(&expression.into(), &flags.into());
        let regexp = Reflect::construct(class, &arguments).ok()?;
        Some(Pattern {
            regexp: SendWrapper::new(regexp.unchecked_into()),
            longest,
            is_slow: AtomicBool::new(false),
        })
    }

    /// Where it matches, in bytes, ascending.
    pub(super) fn matches(&self, text: &str) -> Vec<Range<usize>> {
        if self.is_slow.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let text = match text.char_indices().nth(self.longest) {
            Some((end, _)) => text.get(..end).unwrap_or_default(),
            None => text,
        };
        let started = js_sys::Date::now();
        self.regexp.set_last_index(0);
        let mut places = Vec::new();
        while let Some(found) = self.regexp.exec(text) {
            let end = self.regexp.last_index();
            let length = found.get(0).length();
            if length == 0 {
                // An empty match would be found for ever.
                self.regexp.set_last_index(end + 1);
            } else {
                places.push(end.saturating_sub(length)..end);
            }
            if places.len() == MOST_MATCHES {
                break;
            }
            if js_sys::Date::now() - started > PATIENCE {
                self.is_slow.store(true, Ordering::Relaxed);
                break;
            }
        }
        in_bytes(text, &places)
    }
}

/// Places in UTF-16 units as places in bytes. Both ascend.
fn in_bytes(text: &str, places: &[Range<u32>]) -> Vec<Range<usize>> {
    let mut ends = places.iter().flat_map(|it| [it.start, it.end]).peekable();
    let mut bytes = Vec::with_capacity(places.len() * 2);
    let mut unit = 0;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        while ends.next_if(|end| *end <= unit).is_some() {
            bytes.push(at);
        }
        if ends.peek().is_none() {
            break;
        }
        unit += c.len_utf16() as u32;
    }
    bytes.chunks_exact(2).map(|it| it[0]..it[1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_bytes() {
        let text = "aü😀b";
        assert_eq!(in_bytes(text, &[1..2, 2..4, 4..5]), [1..3, 3..7, 7..8]);
        assert_eq!(in_bytes("ab", &[0..1, 1..2, 7..9]), [0..1, 1..2]);
        assert!(in_bytes("", &[]).is_empty());
    }
}
