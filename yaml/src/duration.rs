//! Durations in configuration files.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use venti_model::duration;

/// A duration as files write it, such as `30s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileDuration(pub Duration);

impl<'de> Deserialize<'de> for FileDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        duration::parse(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}
