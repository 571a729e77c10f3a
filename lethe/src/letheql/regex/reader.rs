//! A cursor over the text of an expression.

/// Where reading stands.
#[derive(Clone)]
pub(super) struct Reader<'p> {
    pattern: &'p str,
    at: usize,
}

impl<'p> Reader<'p> {
    pub(super) fn new(pattern: &'p str) -> Reader<'p> {
        Reader { pattern, at: 0 }
    }

    /// The whole expression.
    pub(super) fn pattern(&self) -> &'p str {
        self.pattern
    }

    /// Bytes read so far.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// All that is left.
    pub(super) fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    /// From an earlier position up to here.
    pub(super) fn since(&self, start: usize) -> &'p str {
        self.pattern.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes `text` if it comes next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }
}
