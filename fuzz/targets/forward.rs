//! Any bytes that a forward connection may send: they are cut into messages,
//! decoded and placed, or refused.

#![no_main]

use lethe::ingest::forward::Message;
use lethe::ingest::msgpack::Extent;
use lethe::ingest::place;
use lethe::store::Batch;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    let mut batch = Batch::default();
    while let Ok(Some(len)) = Extent::default().advance(rest) {
        let (message, more) = rest.split_at(len);
        rest = more;
        let Ok(Some(message)) = Message::decode(message) else {
            continue;
        };
        let _ = message.for_each(|event| {
            if let Some(fields) = &event.fields {
                let _ = place(fields, message.tag, event.time, &mut batch);
            }
        });
    }
    for (path, lines) in batch.into_files() {
        assert_eq!(path.as_str().split('/').count(), 3);
        assert!(!path.as_str().split('/').any(|part| part == ".."));
        assert!(lines.ends_with(b"\n"));
        for line in lines.strip_suffix(b"\n").unwrap_or(&lines).split(|it| *it == b'\n') {
            assert!(line.contains(&b'['), "a line without its header");
        }
    }
});
