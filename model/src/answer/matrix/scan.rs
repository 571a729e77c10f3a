//! Reads the samples of a range answer in one tight pass.
//!
//! Nearly all of an answer is `[1789356000,"0.25"]` over and over, at the same times for each
//! series. This reads exactly what Prometheus writes: no spaces, `metric` before `values`. It
//! refuses everything else, be it another order of keys or an error, and then the general reader
//! has its turn. So it decides nothing about what a good answer is; it is only quick.

use std::rc::Rc;

use super::{Matrix, MatrixSeries};
use crate::labels::Labels;

/// What stands before the list of series.
const RESULT: &[u8] = b"\"resultType\":\"matrix\",\"result\":";
/// It comes early or not at all.
const LONGEST_HEAD: usize = 4096;

/// Reads the list of series, and returns it with the answer as it would be without any:
/// `{"status":"success","data":{"resultType":"matrix","result":[]}}`.
pub(in crate::answer) fn scan(body: &[u8]) -> Option<(Matrix, Vec<u8>)> {
    let head = body.get(..body.len().min(LONGEST_HEAD))?;
    let start = head.windows(RESULT.len()).position(|it| it == RESULT)? + RESULT.len();
    let mut scanner = Scanner { body, at: start };
    let mut clock = Rc::default();
    let mut columns = Vec::new();
    scanner.eat(b"[")?;
    if scanner.eat(b"]").is_none() {
        loop {
            columns.push(scanner.series(&mut clock)?);
            if scanner.eat(b",").is_none() {
                break;
            }
        }
        scanner.eat(b"]")?;
    }
    let rest = [body.get(..start)?, b"[]", body.get(scanner.at..)?].concat();
    Some((joined(columns), rest))
}

/// A series as it was read.
struct Column {
    labels: Labels,
    clock: Rc<Clock>,
    values: Vec<f64>,
}

/// The times of a series, as text and as numbers.
#[derive(Default)]
struct Clock {
    stamps: Vec<Stamp>,
    times: Vec<f64>,
}

impl Clock {
    fn first(&self, count: usize) -> Self {
        let count = count.min(self.times.len());
        Self {
            stamps: self.stamps[..count].to_vec(),
            times: self.times[..count].to_vec(),
        }
    }
}

/// The text of a time with what stands around it, `[1789356000,"`, to compare at one stroke.
#[derive(Clone, Copy)]
struct Stamp {
    text: u128,
    mask: u128,
    length: usize,
}

impl Stamp {
    const LONGEST: usize = 16;

    /// A text that is too long makes a stamp that equals nothing.
    fn new(text: &[u8]) -> Self {
        let mut padded = [0; Self::LONGEST];
        let Some(start) = padded.get_mut(..text.len()) else {
            return Self {
                text: 1,
                mask: 0,
                length: 0,
            };
        };
        start.copy_from_slice(text);
        let unused = 8 * (Self::LONGEST - text.len()) as u32;
        let mask = u128::MAX.checked_shr(unused).unwrap_or_default();
        Self {
            text: u128::from_le_bytes(padded),
            mask,
            length: text.len(),
        }
    }
}

struct Scanner<'a> {
    body: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    #[inline]
    fn eat(&mut self, text: &[u8]) -> Option<()> {
        let found = self.body.get(self.at..)?.starts_with(text);
        found.then(|| self.at += text.len())
    }

    /// `{"metric":{"job":"node"},"values":[[1789356000,"0.25"]]}`. The clock is that of the
    /// series before, and becomes that of this one.
    fn series(&mut self, clock: &mut Rc<Clock>) -> Option<Column> {
        self.eat(b"{\"metric\":")?;
        let labels = self.labels()?;
        self.eat(b",\"values\":[")?;
        let values = self.samples(clock)?;
        self.eat(b"]}")?;
        Some(Column {
            labels,
            clock: Rc::clone(clock),
            values,
        })
    }

    /// Labels are few and can hold anything, so the general reader takes them.
    fn labels(&mut self) -> Option<Labels> {
        let rest = self.body.get(self.at..)?;
        let mut in_string = false;
        let mut bytes = rest.iter().enumerate();
        let end = loop {
            match bytes.next()? {
                (_, b'\\') if in_string => drop(bytes.next()),
                (_, b'"') => in_string = !in_string,
                (last, b'}') if !in_string => break last + 1,
                _ => {}
            }
        };
        self.at += end;
        serde_json::from_slice(rest.get(..end)?).ok()
    }

    /// Reads samples at the times of a clock, as long as these are their times.
    fn samples(&mut self, clock: &mut Rc<Clock>) -> Option<Vec<f64>> {
        let mut values = Vec::with_capacity(clock.times.len());
        loop {
            let stamp = clock.stamps.get(values.len());
            if !stamp.is_some_and(|it| self.eat_stamp(it)) {
                return self.samples_at_other_times(clock, values);
            }
            values.push(self.value()?);
            if self.eat(b",").is_none() {
                break;
            }
        }
        if values.len() < clock.times.len() {
            *clock = Rc::new(clock.first(values.len()));
        }
        Some(values)
    }

    /// Reads the samples after the first few, and learns their times.
    #[cold]
    fn samples_at_other_times(
        &mut self,
        clock: &mut Rc<Clock>,
        mut values: Vec<f64>,
    ) -> Option<Vec<f64>> {
        let mut learned = clock.first(values.len());
        loop {
            let start = self.at;
            learned.times.push(self.time()?);
            learned
                .stamps
                .push(Stamp::new(self.body.get(start..self.at)?));
            values.push(self.value()?);
            if self.eat(b",").is_none() {
                *clock = Rc::new(learned);
                return Some(values);
            }
        }
    }

    /// Passes over a sample's time if it is the expected one.
    #[inline]
    fn eat_stamp(&mut self, stamp: &Stamp) -> bool {
        let ahead = self.body.get(self.at..self.at + Stamp::LONGEST);
        let Some(Ok(ahead)) = ahead.map(<[u8; Stamp::LONGEST]>::try_from) else {
            return false;
        };
        let is_expected = u128::from_le_bytes(ahead) & stamp.mask == stamp.text;
        if is_expected {
            self.at += stamp.length;
        }
        is_expected
    }

    /// `[1789356000.5,"`: plain decimals only, which JSON and Rust read alike.
    fn time(&mut self) -> Option<f64> {
        self.eat(b"[")?;
        let rest = self.body.get(self.at..)?;
        let text = rest.get(..rest.iter().position(|it| *it == b',')?)?;
        let is_plain = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let mut parts = text.splitn(2, |it| *it == b'.');
        let whole = parts
            .next()
            .filter(|it| it.len() == 1 || !it.starts_with(b"0"))?;
        if !is_plain(whole) || !parts.next().is_none_or(is_plain) {
            return None;
        }
        self.at += text.len();
        self.eat(b",\"")?;
        fast_float2::parse(text).ok()
    }

    /// `0.25"]`
    #[inline]
    fn value(&mut self) -> Option<f64> {
        let (value, length) = fast_float2::parse_partial(self.body.get(self.at..)?).ok()?;
        self.at += length;
        self.eat(b"\"]")?;
        Some(value)
    }
}

/// Puts all series on one column of times.
fn joined(columns: Vec<Column>) -> Matrix {
    let clock = columns
        .first()
        .map(|it| Rc::clone(&it.clock))
        .unwrap_or_default();
    let is_common = columns.iter().all(|it| Rc::ptr_eq(&it.clock, &clock));
    if is_common && clock.times.is_sorted_by(|a, b| a < b) {
        let series = columns.into_iter();
        let series = series.map(|it| MatrixSeries {
            labels: it.labels,
            values: it.values,
        });
        return Matrix {
            times: clock.times.clone(),
            series: series.collect(),
        };
    }
    Matrix::join(
        columns
            .iter()
            .map(|it| (&it.labels, &*it.clock.times, &*it.values)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(result: &str) -> String {
        format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#)
    }

    /// The general reader's result.
    fn slow(result: &str) -> Option<Matrix> {
        serde_json::from_str(result).ok()
    }

    fn fast(result: &str) -> Option<Matrix> {
        scan(body(result).as_bytes()).map(|(matrix, _)| matrix)
    }

    /// Compares bits, since NaN equals nothing.
    fn bits(matrix: &Matrix) -> (Vec<u64>, Vec<(Labels, Vec<u64>)>) {
        let bits = |column: &[f64]| column.iter().map(|it| it.to_bits()).collect();
        let series = matrix
            .series
            .iter()
            .map(|it| (it.labels.clone(), bits(&it.values)));
        (bits(&matrix.times), series.collect())
    }

    #[test]
    fn leaves_the_rest_of_the_answer() {
        let text =
            body(r#"[{"metric":{},"values":[[1,"2"]]}]"#).replace("}}", r#"},"warnings":["w"]}"#);
        let (matrix, rest) = scan(text.as_bytes()).unwrap();
        assert_eq!(matrix.times, [1.0]);
        let expected =
            r#"{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["w"]}"#;
        assert_eq!(String::from_utf8(rest).unwrap(), expected);
    }

    #[test]
    fn joins_series_of_different_times() {
        let matrix = fast(
            r#"[{"metric":{"a":"}\"]"},"values":[[1,"1"],[2,"2"],[3,"3"]]},{"metric":{},"values":[[2,"5"]]},{"metric":{},"values":[[2.5,"6"]]}]"#,
        );
        let matrix = matrix.unwrap();
        assert_eq!(matrix.times, [1.0, 2.0, 2.5, 3.0]);
        assert_eq!(matrix.series[0].labels.get("a"), Some("}\"]"));
        let kept = |series: usize| {
            let values = matrix.series[series].values.iter().enumerate();
            values
                .filter(|(_, it)| !it.is_nan())
                .map(|(at, it)| (at, *it))
                .collect::<Vec<_>>()
        };
        assert_eq!(kept(0), [(0, 1.0), (1, 2.0), (3, 3.0)]);
        assert_eq!(kept(1), [(1, 5.0)]);
        assert_eq!(kept(2), [(2, 6.0)]);
    }

    #[test]
    fn refuses_what_prometheus_does_not_write() {
        for result in [
            r#"[{"metric":{},"values":[[1,"x"]]}]"#,
            r#"[{"metric":{},"values":[[1,"1]]}]"#,
            r#"[{"metric":{},"values":[[1,"1"]]"#,
            r#"[{"metric":{},"values":[[01,"1"]]}]"#,
            r#"[{"metric":{},"values":[[1.,"1"]]}]"#,
            r#"[{"metric":{},"values":[[,"1"]]}]"#,
            r#"[{"metric":{},"values":[[1e400,"1"]]}]"#,
            r#"[{"metric":{"a":1},"values":[[1,"1"]]}]"#,
            r#"[{"metric":{},"values":[[1,"1","2"]]}]"#,
            r#"[{"metric":{},"values":[[1,"1"],]}]"#,
        ] {
            assert_eq!(fast(result), None, "{result}");
            assert_eq!(slow(result), None, "{result}");
        }
        // These are fine, but not for this reader.
        for result in [r#"[{"values":[],"metric":{}}]"#, r#"[ ]"#] {
            assert_eq!(fast(result), None, "{result}");
            assert!(slow(result).is_some(), "{result}");
        }
    }

    fn value() -> impl Strategy<Value = String> {
        let special =
            prop::sample::select(vec!["NaN", "+Inf", "-Inf", "0", "-0", "1e-400", "1e400"]);
        prop_oneof![
            4 => any::<f64>().prop_map(|it| it.to_string()),
            2 => any::<f64>().prop_map(|it| format!("{it:e}")),
            1 => "[0-9]{1,40}\\.[0-9]{1,40}",
            1 => special.prop_map(str::to_owned),
        ]
    }

    fn series() -> impl Strategy<Value = String> {
        let time = prop_oneof![
            (0u32..20).prop_map(|it| it.to_string()),
            "[1-9][0-9]{0,9}\\.[0-9]{1,3}"
        ];
        let samples = prop::collection::vec((time, value()), 1..12);
        (any::<Option<String>>(), samples).prop_map(|(label, samples)| {
            let labels: Labels = label.iter().map(|it| ("a", it.as_str())).collect();
            let metric = serde_json::to_string(&labels).unwrap();
            let samples: Vec<String> = samples
                .iter()
                .map(|(time, value)| format!(r#"[{time},"{value}"]"#))
                .collect();
            format!(r#"{{"metric":{metric},"values":[{}]}}"#, samples.join(","))
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_general_reader(series in prop::collection::vec(series(), 0..6)) {
            let result = format!("[{}]", series.join(","));
            let (fast, slow) = (fast(&result).unwrap(), slow(&result).unwrap());
            prop_assert_eq!(bits(&fast), bits(&slow));
        }

        #[test]
        fn accepts_nothing_that_the_general_reader_refuses(
            series in prop::collection::vec(series(), 1..4),
            at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = format!("[{}]", series.join(",")).into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let text = [body("").trim_end_matches("}}").as_bytes(), &bytes, b"}}"].concat();
            if let Some((matrix, rest)) = scan(&text)
                && serde_json::from_slice::<serde_json::Value>(&rest).is_ok()
            {
                let general: Matrix = serde_json::from_slice(&bytes).unwrap();
                prop_assert_eq!(bits(&matrix), bits(&general));
            }
        }
    }
}
