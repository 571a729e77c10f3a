//! A text that must not be seen: passwords and tokens of datasources, passwords of users and their
//! hashes.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// A password. It has no `Display` and no `Serialize`, and its `Debug` hides it, so it reaches
/// neither a log nor an answer by accident.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// Where a secret stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In the configuration or the environment.
    Text(Secret),
    /// In a file of its own, which is read anew for each request, so that it may change.
    File {
        /// The key of the configuration that names the file.
        key: &'static str,
        /// Relative to the working directory.
        path: PathBuf,
    },
}

impl Default for SecretSource {
    fn default() -> Self {
        Self::Text(Secret::default())
    }
}

/// Why a text with `${…}` has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExpandError {
    #[error("the environment has no `{0}`")]
    Missing(String),
    #[error("`${{` without `}}`: write `$${{` for the characters themselves")]
    Unclosed,
}

impl Secret {
    /// The text itself, for the one place that sends it upstream.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// With each `${NAME}` replaced by that variable of the environment. `$${` stands for `${`.
    pub(crate) fn expanded(
        &self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Secret, ExpandError> {
        let mut expanded = String::new();
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            if let Some(before) = before.strip_suffix('$') {
                expanded.push_str(before);
                expanded.push_str("${");
                rest = after;
                continue;
            }
            let (name, behind) = after.split_once('}').ok_or(ExpandError::Unclosed)?;
            expanded.push_str(before);
            let value = variable(name).ok_or_else(|| ExpandError::Missing(name.to_owned()))?;
            expanded.push_str(&value);
            rest = behind;
        }
        expanded.push_str(rest);
        Ok(Secret(expanded))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expand(text: &str) -> Result<String, ExpandError> {
        let variable = |name: &str| (name == "TOKEN").then(|| "hunter2".to_owned());
        let expanded = Secret::from(text).expanded(variable)?;
        Ok(expanded.expose().to_owned())
    }

    #[test]
    fn never_prints() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "<hidden>");
    }

    #[test]
    fn variables_of_the_environment_are_put_in() {
        assert_eq!(
            expand("a ${TOKEN}${TOKEN} b").unwrap(),
            "a hunter2hunter2 b"
        );
        assert_eq!(expand("$5 $TOKEN $${TOKEN}").unwrap(), "$5 $TOKEN ${TOKEN}");
        assert_eq!(
            expand("${NONE}"),
            Err(ExpandError::Missing("NONE".to_owned()))
        );
        assert_eq!(expand("${TOKEN"), Err(ExpandError::Unclosed));
    }

    proptest! {
        #[test]
        fn a_text_without_braces_stays(text in "[^{]{0,20}") {
            prop_assert_eq!(expand(&text), Ok(text));
        }

        #[test]
        fn no_text_panics(text in "[${}TOKEN]{0,20}") {
            let _ = expand(&text);
        }
    }
}
