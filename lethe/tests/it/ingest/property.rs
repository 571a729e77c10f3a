//! What the decoder makes of what was encoded, and of anything else.

use lethe::ingest::forward::{Event, Message};
use lethe::ingest::place;
use lethe::store::Batch;
use proptest::prelude::*;

use super::client;

/// 2009-11-10T22:00:00Z
const HOUR: u32 = 1_257_890_400;

fn lines(message: &[u8]) -> String {
    let mut batch = Batch::default();
    let message = Message::decode(message).unwrap().unwrap();
    message
        .for_each(|event: Event<'_>| {
            place(&event.fields.unwrap(), message.tag, event.time, &mut batch).unwrap();
        })
        .unwrap();
    let text = |(_, text)| String::from_utf8(text).unwrap();
    batch.into_files().map(text).collect()
}

proptest! {
    #[test]
    fn every_mode_means_the_same(
        events in prop::collection::vec(("[a-z]{1,8}", "[^\n\r]{0,80}", any::<bool>()), 1..20),
        tag in any::<String>(), seconds in 0_u32..3_600,
    ) {
        let time = HOUR + seconds;
        let records: Vec<Vec<(&str, &str)>> = events
            .iter()
            .map(|(name, log, is_pod)| match is_pod {
                true => vec![
                    ("log", log.as_str()),
                    ("kubernetes.namespace_name", "x"),
                    ("kubernetes.pod_name", name),
                    ("kubernetes.container_name", "c"),
                ],
                false => vec![("node", "x"), ("other", "y"), ("process", name), ("message", log)],
            })
            .collect();
        let records: Vec<client::Record<'_>> = records.iter().map(|it| &it[..]).collect();
        let clock = format!("2009-11-10T22:{:02}:{:02}.000000Z", seconds / 60, seconds % 60);
        let of_kind = |is_wanted: bool| -> String {
            let wanted = events.iter().filter(|it| it.2 == is_wanted);
            wanted.map(|(name, log, is_pod)| match is_pod {
                true => format!("{clock}[x|{name}|c] {log}\n"),
                false => format!("{clock}[x|{name}] {log}\n"),
            }).collect()
        };
        let packed = client::events(time, &records);
        for message in [
            client::forward(&tag, time, &records, &[]),
            client::packed(&tag, &packed, &[("chunk", "c")]),
            client::packed(&tag, &client::gzip(&packed), &[("compressed", "gzip")]),
        ] {
            // The two kinds go to two files, in whatever order those come.
            let text = lines(&message);
            prop_assert_eq!(text.len(), of_kind(true).len() + of_kind(false).len());
            prop_assert!(text.contains(&of_kind(true)) && text.contains(&of_kind(false)));
        }
        let one = client::message(&tag, time, records[0], &[]);
        let (_, _, is_pod) = events[0];
        prop_assert!(of_kind(is_pod).starts_with(&lines(&one)));
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in any::<Vec<u8>>()) {
        if let Ok(Some(message)) = Message::decode(&bytes) {
            let _ = message.for_each(|_| {});
        }
    }

    /// Bytes that begin like a message come further.
    #[test]
    fn any_damage_is_noticed_or_harmless(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
    ) {
        let events = client::events(HOUR, &[&[("node", "n"), ("log", "x")]]);
        let mut bytes = client::packed("x", &events, &[("chunk", "c")]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(Some(message)) = Message::decode(&bytes) {
            let mut batch = Batch::default();
            let _ = message.for_each(|event| {
                if let Some(fields) = event.fields {
                    let _ = place(&fields, message.tag, event.time, &mut batch);
                }
            });
        }
    }
}
