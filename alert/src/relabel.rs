//! Relabelling of alerts on their way out, as Prometheus does it (`model/relabel`, 2.42).

use lethe::letheql::regex::translate_capturing;
use md5::{Digest, Md5};
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use venti_model::labels::Labels;

/// One step of relabelling, as `alert_relabel_configs` writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Relabel {
    source_labels: Vec<String>,
    separator: String,
    regex: Regex,
    modulus: u64,
    target_label: String,
    replacement: String,
    action: Action,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    source_labels: Vec<String>,
    separator: String,
    regex: Option<String>,
    modulus: u64,
    target_label: String,
    replacement: String,
    action: Action,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            source_labels: Vec::new(),
            separator: ";".to_owned(),
            regex: None,
            modulus: 0,
            target_label: String::new(),
            replacement: "$1".to_owned(),
            action: Action::Replace,
        }
    }
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Replace,
    Keep,
    Drop,
    KeepEqual,
    DropEqual,
    HashMod,
    LabelMap,
    LabelDrop,
    LabelKeep,
    Lowercase,
    Uppercase,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum RelabelError {
    #[error("{0}")]
    Regex(String),
    #[error("this action needs a `target_label`")]
    NoTarget,
    #[error("`hashmod` needs a `modulus` above zero")]
    NoModulus,
}

impl TryFrom<Written> for Relabel {
    type Error = RelabelError;

    fn try_from(written: Written) -> Result<Self, RelabelError> {
        let needs_target = !matches!(
            written.action,
            Action::Keep | Action::Drop | Action::LabelMap | Action::LabelDrop | Action::LabelKeep
        );
        if needs_target && written.target_label.is_empty() {
            return Err(RelabelError::NoTarget);
        }
        if written.action == Action::HashMod && written.modulus == 0 {
            return Err(RelabelError::NoModulus);
        }
        let pattern = written.regex.as_deref().unwrap_or("(.*)");
        let pattern = translate_capturing(pattern.as_bytes())
            .map_err(|it| RelabelError::Regex(it.to_string()))?;
        let regex = Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|it| RelabelError::Regex(it.to_string()))?;
        Ok(Self {
            source_labels: written.source_labels,
            separator: written.separator,
            regex,
            modulus: written.modulus,
            target_label: written.target_label,
            replacement: written.replacement,
            action: written.action,
        })
    }
}

/// Takes all steps; `None` when one of them drops the alert.
pub fn relabel(labels: &Labels, steps: &[Relabel]) -> Option<Labels> {
    if steps.is_empty() {
        return Some(labels.clone());
    }
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut map: BTreeMap<String, String> = labels.iter().map(owned).collect();
    for step in steps {
        if !step.apply(&mut map) {
            return None;
        }
    }
    map.retain(|_, value| !value.is_empty());
    (!map.is_empty()).then(|| map.into_iter().collect())
}

impl Relabel {
    /// Changes the labels; `false` drops them.
    fn apply(&self, labels: &mut BTreeMap<String, String>) -> bool {
        let value = |name: &String| labels.get(name).map_or("", String::as_str);
        let values: Vec<&str> = self.source_labels.iter().map(value).collect();
        let joined = values.join(&self.separator);
        let target = value(&self.target_label).to_owned();
        match self.action {
            Action::Keep => return self.regex.is_match(&joined),
            Action::Drop => return !self.regex.is_match(&joined),
            Action::KeepEqual => return joined == target,
            Action::DropEqual => return joined != target,
            Action::Replace => self.replace(labels, &joined),
            Action::HashMod => {
                let rest = hash(&joined) % self.modulus;
                labels.insert(self.target_label.clone(), rest.to_string());
            }
            Action::Lowercase => {
                labels.insert(self.target_label.clone(), joined.to_lowercase());
            }
            Action::Uppercase => {
                labels.insert(self.target_label.clone(), joined.to_uppercase());
            }
            Action::LabelMap => {
                let matching = labels.iter().filter(|(name, _)| self.regex.is_match(name));
                let mapped: Vec<(String, String)> = matching
                    .map(|(name, value)| {
                        let name = self.regex.replace_all(name, &self.replacement);
                        (name.into_owned(), value.clone())
                    })
                    .collect();
                labels.extend(mapped);
            }
            Action::LabelDrop => labels.retain(|name, _| !self.regex.is_match(name)),
            Action::LabelKeep => labels.retain(|name, _| self.regex.is_match(name)),
        }
        true
    }

    fn replace(&self, labels: &mut BTreeMap<String, String>, joined: &str) {
        let Some(found) = self.regex.captures(joined) else {
            return;
        };
        let (mut target, mut value) = (String::new(), String::new());
        found.expand(&self.target_label, &mut target);
        found.expand(&self.replacement, &mut value);
        if value.is_empty() || target.is_empty() {
            labels.remove(&self.target_label);
        } else {
            labels.insert(target, value);
        }
    }
}

/// The last eight bytes of MD5, as Prometheus takes them.
fn hash(text: &str) -> u64 {
    let digest = Md5::digest(text.as_bytes());
    let (_, last) = digest.split_at(8);
    last.iter()
        .fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
