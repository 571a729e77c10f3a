//! Where a secret is to be found.

/// The place of a secret, never the secret itself: it can be shown, logged and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// The content of this file, without blanks at its ends.
    File(String),
    /// The value of this environment variable.
    Env(String),
}

impl SecretRef {
    /// Of the two keys `<name>_file` and `<name>_env` the one that is written.
    pub(super) fn choose(
        name: &str,
        file: Option<String>,
        env: Option<String>,
    ) -> Result<Option<Self>, String> {
        match (file, env) {
            (Some(_), Some(_)) => Err(format!("write either `{name}_file` or `{name}_env`")),
            (Some(file), None) => Ok(Some(Self::File(file))),
            (None, Some(env)) => Ok(Some(Self::Env(env))),
            (None, None) => Ok(None),
        }
    }

    /// The same where one of the two has to be there.
    pub(super) fn require(
        name: &str,
        file: Option<String>,
        env: Option<String>,
    ) -> Result<Self, String> {
        Self::choose(name, file, env)?
            .ok_or_else(|| format!("`{name}_file` or `{name}_env` is missing"))
    }
}
