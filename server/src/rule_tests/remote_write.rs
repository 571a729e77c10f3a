//! What Prometheus takes over remote write, version 1: a message `WriteRequest` in protobuf,
//! compressed by Snappy.
//!
//! It is the one way into a Prometheus that knows the mark of a series that has ended. The
//! message has three levels of two fields each, which is less than a generator would need.

use venti_model::labels::Labels;

/// The value that marks the end of a series (`model/value/value.go`): a NaN of its own.
pub(super) const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// Samples of one series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    pub(super) labels: Labels,
    /// Milliseconds since 1970 and value, ascending in time.
    pub(super) samples: Vec<(i64, f64)>,
}

/// Two of the ways in which protobuf writes a field.
const FIXED_64: u64 = 1;
const WITH_LENGTH: u64 = 2;

/// The body of a request; nothing when it is longer than Snappy can say, 4 GiB.
pub(super) fn body(series: &[Series]) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    for it in series {
        put_bytes(&mut request, 1, &time_series(it));
    }
    snap::raw::Encoder::new().compress_vec(&request).ok()
}

fn time_series(series: &Series) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in series.labels.iter() {
        let mut label = Vec::new();
        put_bytes(&mut label, 1, name.as_bytes());
        put_bytes(&mut label, 2, value.as_bytes());
        put_bytes(&mut bytes, 1, &label);
    }
    for (millis, value) in &series.samples {
        let mut sample = Vec::new();
        put_varint(&mut sample, 1 << 3 | FIXED_64);
        sample.extend(value.to_le_bytes());
        put_varint(&mut sample, 2 << 3);
        // Protobuf writes negative numbers as large ones.
        put_varint(&mut sample, *millis as u64);
        put_bytes(&mut bytes, 2, &sample);
    }
    bytes
}

fn put_bytes(to: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(to, field << 3 | WITH_LENGTH);
    put_varint(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

/// Seven bits a byte, the lowest first; the eighth says that another byte follows.
fn put_varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from the definition in Prometheus' `prompb/remote.proto` and `types.proto`.
    #[test]
    fn writes_what_the_definition_says() {
        let series = Series {
            labels: Labels::from_iter([("a", "b")]),
            samples: vec![(300, 1.0), (-1, STALE)],
        };
        let packed = body(&[series]).unwrap();
        let message = snap::raw::Decoder::new().decompress_vec(&packed).unwrap();
        let label = [0x0a, 6, 0x0a, 1, b'a', 0x12, 1, b'b'];
        let one = [
            0x12, 12, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0xac, 0x02,
        ];
        let stale = [0x12, 20, 0x09, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f, 0x10];
        let minus_one = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        let series = [&label[..], &one, &stale, &minus_one].concat();
        let expected = [&[0x0a, series.len() as u8], &series[..]].concat();
        assert_eq!(message, expected);
    }
}
