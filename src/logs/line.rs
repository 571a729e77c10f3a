//! One log line, read for showing it.

use lethe::Level;
use venti_model::answer::LogRow;
use venti_model::time::{TimePoint, Zone};

/// A line of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogLine {
    /// Its name within its list; it keeps it as long as it is there.
    pub(crate) id: u64,
    /// When, unix seconds; of a line whose time cannot be read, that of the line before.
    pub(crate) at: f64,
    /// How serious its message looks.
    pub(crate) level: Level,
    /// As answered.
    pub(crate) row: LogRow,
}

impl LogLine {
    /// Where the line comes from: labels and their values, in the order of the file.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let row = &self.row;
        [
            ("namespace", &row.namespace),
            ("pod", &row.pod),
            ("container", &row.container),
            ("node", &row.node),
            ("process", &row.process),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// When a row was written, unix seconds, if its time can be read.
pub(super) fn written_at(row: &LogRow) -> Option<f64> {
    match row.time.parse() {
        Ok(TimePoint::At(at)) => Some(at),
        _ => None,
    }
}

/// A line's time in the reader's zone; as it stands in the file when it cannot be read.
pub(super) fn local_time(row: &LogRow, zone: Zone) -> String {
    written_at(row).map_or_else(|| row.time.clone(), |at| zone.format(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_times_in_the_readers_zone() {
        let row = |time: &str| LogRow {
            time: time.to_owned(),
            ..LogRow::default()
        };
        let seoul = Zone::new(|_| 9 * 3600);
        assert_eq!(
            local_time(&row("2024-09-24T14:00:25.123456Z"), seoul),
            "2024-09-24 23:00:25"
        );
        assert_eq!(local_time(&row("not a time"), seoul), "not a time");
        assert_eq!(local_time(&row("now-5m"), seoul), "now-5m");
    }
}
