//! How serious a message is, as far as its text tells.
//!
//! Three spellings cover nearly all programs: a field (`"level":"warn"`,
//! `level=warn`), klog's first letter (`W0924 10:00:00`), and a word in
//! capitals near the start (`[WARN]`, `WARNING:`). What a message merely
//! mentions further on is no level.

/// How far into a message a level is looked for.
const NEAR: usize = 256;
/// How far into a message a bare word counts.
const WORD_NEAR: usize = 64;

/// Levels, most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    /// The message does not tell.
    Unknown,
}

impl Level {
    /// All levels, in their order.
    pub const ALL: [Level; 5] = [
        Level::Error,
        Level::Warn,
        Level::Info,
        Level::Debug,
        Level::Unknown,
    ];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Unknown => "unknown",
        }
    }

    /// The level of a message.
    pub fn of(message: &[u8]) -> Level {
        let near = message.get(..NEAR).unwrap_or(message);
        field(near)
            .or_else(|| klog(near))
            .or_else(|| word(near))
            .unwrap_or(Level::Unknown)
    }

    fn from_word(word: &[u8]) -> Option<Level> {
        const WORDS: [(&[u8], Level); 16] = [
            (b"error", Level::Error),
            (b"err", Level::Error),
            (b"fatal", Level::Error),
            (b"panic", Level::Error),
            (b"critical", Level::Error),
            (b"crit", Level::Error),
            (b"alert", Level::Error),
            (b"emerg", Level::Error),
            (b"severe", Level::Error),
            (b"warn", Level::Warn),
            (b"warning", Level::Warn),
            (b"info", Level::Info),
            (b"information", Level::Info),
            (b"notice", Level::Info),
            (b"debug", Level::Debug),
            (b"trace", Level::Debug),
        ];
        WORDS
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(word))
            .map(|(_, level)| *level)
    }
}

/// The value of `level`, `lvl` or `severity`, in JSON or `key=value`.
fn field(message: &[u8]) -> Option<Level> {
    [b"level".as_slice(), b"lvl", b"severity"]
        .into_iter()
        .find_map(|name| {
            let at = memchr::memmem::find(message, name)?;
            let rest = message.get(at + name.len()..)?;
            let is_sign = |byte: &u8| matches!(byte, b'"' | b'\'' | b':' | b'=' | b' ');
            let signs = rest.iter().take_while(|it| is_sign(it)).count();
            let (signs, value) = rest.split_at_checked(signs)?;
            let is_field = signs.iter().any(|it| matches!(it, b':' | b'='));
            Level::from_word(first_word(value)).filter(|_| is_field)
        })
}

/// `E0924 10:00:00.000000` of Kubernetes' own programs.
fn klog(message: &[u8]) -> Option<Level> {
    let [letter, month_day @ ..] = message.get(..6)? else {
        return None;
    };
    let (b' ', digits) = month_day.split_last().map(|(last, rest)| (*last, rest))? else {
        return None;
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    match letter {
        b'E' | b'F' => Some(Level::Error),
        b'W' => Some(Level::Warn),
        b'I' => Some(Level::Info),
        _ => None,
    }
}

/// A level in capitals, or as the first word with a colon behind it.
fn word(message: &[u8]) -> Option<Level> {
    let near = message.get(..WORD_NEAR).unwrap_or(message);
    let words = near
        .split(|it| !it.is_ascii_alphabetic())
        .filter(|it| it.len() > 2);
    let shouted = words
        .filter(|it| it.iter().all(u8::is_ascii_uppercase))
        .find_map(Level::from_word);
    shouted.or_else(|| {
        let first = first_word(near);
        Level::from_word(first).filter(|_| near.get(first.len()) == Some(&b':'))
    })
}

fn first_word(text: &[u8]) -> &[u8] {
    let len = text
        .iter()
        .take_while(|it| it.is_ascii_alphabetic())
        .count();
    text.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_of_messages() {
        for (message, expected) in [
            (r#"{"level":"error","msg":"x"}"#, Level::Error),
            (r#"{"msg":"x","severity": "WARNING"}"#, Level::Warn),
            (
                r#"time="2024" level=info msg="an error occurred""#,
                Level::Info,
            ),
            ("ts=1 lvl=dbug", Level::Unknown),
            (
                "I0924 10:00:00.941854   26557 server.go] ERROR in name",
                Level::Info,
            ),
            ("E0924 10:00:00.941854   26557 server.go] x", Level::Error),
            ("2024-09-24 10:00:00 [WARN] slow", Level::Warn),
            ("ERROR failed to connect", Level::Error),
            ("panic: runtime error", Level::Error),
            ("error: no such file", Level::Error),
            ("no errors were found", Level::Unknown),
            ("GET /api/error HTTP/1.1", Level::Unknown),
            ("the level of water", Level::Unknown),
            ("DEBUG cache hit", Level::Debug),
            ("", Level::Unknown),
        ] {
            assert_eq!(Level::of(message.as_bytes()), expected, "{message}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(message in any::<Vec<u8>>()) {
            let _ = Level::of(&message);
        }
    }
}
