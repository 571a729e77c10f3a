//! The path under which browsers find the server, such as `/venti/` behind an ingress.

use std::fmt;
use std::str::FromStr;

/// A path that begins and ends with a slash; `/` for a server that has a host of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

/// Why a text is no base path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a path of letters, digits, `-`, `_`, `.` and `/`: write for example `/venti/`")]
pub struct BasePathError;

impl BasePath {
    /// The path, with a slash at both ends.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The rest of a path below this one, with its leading slash; `None` for all others.
    pub(crate) fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        let without_slash = self.0.strip_suffix('/')?;
        let rest = path.strip_prefix(without_slash)?;
        match rest {
            "" => Some("/"),
            rest => rest.starts_with('/').then_some(rest),
        }
    }
}

impl Default for BasePath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    /// Slashes at the ends may be left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let inner = text.trim_matches('/');
        if inner.is_empty() {
            return Ok(Self::default());
        }
        // It stands in the page and in cookies as it is.
        let segments_are_plain = inner.split('/').all(|segment| {
            let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
            !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
        });
        segments_are_plain
            .then(|| Self(format!("/{inner}/")))
            .ok_or(BasePathError)
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slashes_at_the_ends_do_not_matter() {
        for text in ["venti", "/venti", "venti/", "/venti/"] {
            assert_eq!(text.parse::<BasePath>().unwrap().as_str(), "/venti/");
        }
        assert_eq!("".parse::<BasePath>().unwrap().as_str(), "/");
        assert_eq!("/a/b".parse::<BasePath>().unwrap().as_str(), "/a/b/");
    }

    #[test]
    fn only_plain_paths_are_taken() {
        for text in ["a b", "a//b", "../a", "a/..", "\"", "a;b", "é", "a?b"] {
            assert_eq!(text.parse::<BasePath>(), Err(BasePathError), "{text}");
        }
    }

    #[test]
    fn the_rest_of_a_path_begins_with_a_slash() {
        let base: BasePath = "/venti/".parse().unwrap();
        assert_eq!(base.strip("/venti"), Some("/"));
        assert_eq!(base.strip("/venti/a"), Some("/a"));
        assert_eq!(base.strip("/ventilator"), None);
        assert_eq!(base.strip("/"), None);
    }

    proptest! {
        #[test]
        fn what_is_taken_is_read_back(text in "[a-z./ -]{0,20}") {
            if let Ok(base) = text.parse::<BasePath>() {
                prop_assert_eq!(base.to_string().parse(), Ok(base));
            }
        }
    }
}
