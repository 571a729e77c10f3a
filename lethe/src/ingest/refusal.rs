//! Why a record is not written.

/// Why a record cannot become a line, now or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// It is no map of names to values.
    #[error("no record: expected names with values")]
    NoRecord,
    /// Neither a whole container nor a machine is named, nor does the tag
    /// name a file.
    #[error(
        "no source: expected namespace, pod and container, or a node, or a tag that names a file"
    )]
    NoSource,
    /// Nothing in it is a message.
    #[error("no message: expected a text as `log`, `message` or `MESSAGE`")]
    NoMessage,
    /// There is no time in it that can be understood and has an hour file.
    #[error("no time: expected seconds since 1970 or RFC 3339, in the years 0 to 9999")]
    NoTime,
    /// Its `row` does not begin with time and labels.
    #[error("bad row: expected `time[label|label] message` with the labels of the tag's type")]
    BadRow,
    /// A message of too many bytes, most likely line breaks.
    #[error("too long: the message, or the batch that it came with")]
    TooLong,
}

impl Refusal {
    /// All there are, in the order of their numbers.
    pub const ALL: [Refusal; 6] = [
        Refusal::NoRecord,
        Refusal::NoSource,
        Refusal::NoMessage,
        Refusal::NoTime,
        Refusal::BadRow,
        Refusal::TooLong,
    ];

    /// A word for it, as a label of metrics.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::NoRecord => "no_record",
            Refusal::NoSource => "no_source",
            Refusal::NoMessage => "no_message",
            Refusal::NoTime => "no_time",
            Refusal::BadRow => "bad_row",
            Refusal::TooLong => "too_long",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places_in_the_list() {
        for (place, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal as usize, place);
        }
    }
}
