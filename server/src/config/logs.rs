//! A Lethe inside the server: how long it keeps lines, and where they come from.
//!
//! Keys and values are those of `lethe.yaml`, but that nothing is deleted unless the file says
//! so.

use std::path::PathBuf;
use std::time::Duration;

use lethe::config::Config;
use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::status::ConfigFault;

use super::file::DatasourceEntry;
use super::{Source, place};

/// `retention` of a datasource.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RetentionEntry {
    /// How old log files may get, such as `15d`.
    time: Option<Spanned<String>>,
    /// How much they may take together, such as `10GB`.
    size: Option<Spanned<String>>,
}

/// `forward` of a datasource: lines over Fluent Forward.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ForwardEntry {
    listen_address: Spanned<String>,
    /// The key that senders must know.
    shared_key_file: Option<Spanned<String>>,
    /// Lines `name:password`.
    users_file: Option<Spanned<String>>,
}

/// One of `tail`: local files to follow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TailEntry {
    /// A path in which `*` and `?` stand for others.
    path: Spanned<String>,
    node: Option<Spanned<String>>,
    process: Option<Spanned<String>>,
}

/// A Lethe that keeps everything and takes in nothing.
pub(super) fn over(path: PathBuf, timeout: Duration) -> Config {
    Config {
        log_data_path: path,
        timeout,
        retention_time: Duration::ZERO,
        ..Config::default()
    }
}

/// Checks what an entry says about its log directory at `path`.
pub(super) fn resolve(
    path: &Spanned<String>,
    entry: &DatasourceEntry,
    timeout: Duration,
    source: Source<'_>,
) -> Result<Config, ConfigFault> {
    let mut config = over(PathBuf::from(&path.value), timeout);
    for (key, value) in settings(entry) {
        config
            .set(&key, &value.value)
            .map_err(|message| source.fault(place(value.referenced), message))?;
    }
    config.sources.push = entry.push.as_ref().is_some_and(|it| it.value);
    config.sources.journal = entry.journal.as_ref().is_some_and(|it| it.value);
    Ok(config)
}

/// The settings of an entry by their keys in `lethe.yaml`.
fn settings(entry: &DatasourceEntry) -> Vec<(String, &Spanned<String>)> {
    let retention = entry.retention.as_ref().map(|it| &it.value);
    let forward = entry.forward.as_ref().map(|it| &it.value);
    let single = [
        ("storage.compress_after", entry.compress_after.as_ref()),
        ("retention.time", retention.and_then(|it| it.time.as_ref())),
        ("retention.size", retention.and_then(|it| it.size.as_ref())),
        (
            "forward.listen_address",
            forward.map(|it| &it.listen_address),
        ),
        (
            "forward.shared_key_file",
            forward.and_then(|it| it.shared_key_file.as_ref()),
        ),
        (
            "forward.users_file",
            forward.and_then(|it| it.users_file.as_ref()),
        ),
    ];
    let single = single.into_iter().map(|(key, it)| (key.to_owned(), it));
    let files = entry.tail.iter().flat_map(|it| it.value.iter().enumerate());
    let files = files.flat_map(|(at, file)| {
        [
            (format!("tail[{at}].path"), Some(&file.path)),
            (format!("tail[{at}].node"), file.node.as_ref()),
            (format!("tail[{at}].process"), file.process.as_ref()),
        ]
    });
    let all = single.chain(files);
    all.filter_map(|(key, it)| Some((key, it?))).collect()
}

/// The fault of an entry that has keys of a Lethe inside the server and is none.
pub(super) fn refuse(entry: &DatasourceEntry, source: Source<'_>) -> Result<(), ConfigFault> {
    let given = [
        (
            "retention",
            entry.retention.as_ref().map(|it| it.referenced),
        ),
        (
            "compressAfter",
            entry.compress_after.as_ref().map(|it| it.referenced),
        ),
        ("forward", entry.forward.as_ref().map(|it| it.referenced)),
        ("push", entry.push.as_ref().map(|it| it.referenced)),
        ("journal", entry.journal.as_ref().map(|it| it.referenced)),
        ("tail", entry.tail.as_ref().map(|it| it.referenced)),
    ];
    for (key, at) in given {
        if let Some(at) = at {
            let message = format!(
                "`{key}` is for a Lethe inside the server, which has a `path` and no `url`"
            );
            return Err(source.fault(place(at), message));
        }
    }
    Ok(())
}
