//! The forward listener: modes, acknowledgements, handshake, hostile senders.

use lethe::ingest::Refusal;
use lethe::ingest::forward::{Secret, Security};

use super::client::{self, Client, Record};
use super::server::{Server, files};
use crate::support::eventually;

/// 2009-11-10T22:59:00Z
const SECONDS: u32 = 1_257_893_940;

const POD: Record<'static> = &[
    ("log", "hello"),
    ("kubernetes.namespace_name", "ns"),
    ("kubernetes.pod_name", "web-0"),
    ("kubernetes.container_name", "main"),
];
const POD_FILE: &str = "pod/ns/2009-11-10_22.log";
const POD_LINE: &str = "2009-11-10T22:59:00.000000Z[ns|web-0|main] hello\n";

const NODE: Record<'static> = &[
    ("MESSAGE", "hello"),
    ("_HOSTNAME", "node01"),
    ("SYSLOG_IDENTIFIER", "kubelet"),
];
const NODE_FILE: &str = "node/node01/2009-11-10_22.log";
const NODE_LINE: &str = "2009-11-10T22:59:00.000000Z[node01|kubelet] hello\n";

const NO_OPTIONS: Record<'static> = &[];

#[test]
fn every_mode_is_understood_and_acknowledged() {
    let server = Server::start(None);
    let mut client = Client::connect(server.address);
    let both = [POD, NODE];
    let events = client::events(SECONDS, &both);
    let messages = [
        client::message("x", SECONDS, POD, &[("chunk", "a")]),
        client::forward(
            "x",
            SECONDS,
            &both,
            &[("chunk", "b"), ("fluent_signal", "0")],
        ),
        client::packed("x", &events, &[("chunk", "c"), ("size", "2")]),
        client::packed(
            "x",
            &client::gzip(&events),
            &[("chunk", "d"), ("compressed", "gzip")],
        ),
        // Two packages that were joined, as Fluent Bit does.
        client::packed(
            "x",
            &[client::gzip(&events), client::gzip(&events)].concat(),
            &[("compressed", "gzip"), ("chunk", "e")],
        ),
        client::packed(
            "x",
            &zstd::encode_all(&events[..], 0).unwrap(),
            &[("chunk", "f"), ("compressed", "zstd")],
        ),
        client::packed("x", b"", &[("chunk", "g")]),
    ];
    // All at once: messages need no pause between them.
    client.send(&messages.concat()).unwrap();
    for chunk in ["a", "b", "c", "d", "e", "f", "g"] {
        assert_eq!(client.acknowledged().unwrap(), chunk);
    }
    assert_eq!(server.read(POD_FILE), POD_LINE.repeat(7));
    assert_eq!(server.read(NODE_FILE), NODE_LINE.repeat(6));
    assert_eq!(server.counters.lines(), 13);
    // The last one is counted after it was sent.
    eventually("all are counted", || {
        server.counters.acknowledgements() == 7
    });
    assert_eq!(
        server.counters.bytes(),
        (POD_LINE.len() * 7 + NODE_LINE.len() * 6) as u64
    );
}

#[test]
fn a_message_without_chunk_is_written_without_an_answer() {
    let mut server = Server::start(None);
    let mut client = Client::connect(server.address);
    client.send(b"\xc0").unwrap();
    client
        .send(&client::message("x", SECONDS, POD, NO_OPTIONS))
        .unwrap();
    client.finish();
    assert!(client.is_closed());
    server.stop();
    assert_eq!(server.read(POD_FILE), POD_LINE);
    assert_eq!(server.counters.acknowledgements(), 0);
}

#[test]
fn times_have_several_forms() {
    let server = Server::start(None);
    let mut client = Client::connect(server.address);
    let mut integer = vec![0xce];
    integer.extend(SECONDS.to_be_bytes());
    let mut float = vec![0xcb];
    float.extend((f64::from(SECONDS) + 0.25).to_be_bytes());
    let mut event_time = Vec::new();
    client::event_time(&mut event_time, SECONDS, 750_000_000);
    // With metadata, as Fluent Bit sends it.
    let with_metadata = [&[0x92][..], &event_time, &[0x80]].concat();
    let mut events = Vec::new();
    for time in [
        integer,
        float,
        event_time,
        with_metadata.clone(),
        vec![0xc0],
    ] {
        events.push(0x92);
        events.extend(time);
        client::record(&mut events, POD);
    }
    client
        .send(&client::packed("x", &events, NO_OPTIONS))
        .unwrap();
    let mut message = b"\x94\xa1x".to_vec();
    message.extend(with_metadata);
    client::record(&mut message, POD);
    client::record(&mut message, &[("chunk", "a")]);
    client.send(&message).unwrap();
    assert_eq!(client.acknowledged().unwrap(), "a");
    let times = [
        "00.000000",
        "00.250000",
        "00.750000",
        "00.750000",
        "00.750000",
    ];
    let lines = times.map(|time| POD_LINE.replace("00.000000", time));
    assert_eq!(server.read(POD_FILE), lines.concat());
    assert_eq!(server.counters.refused(Refusal::NoTime), 1);
}

#[test]
fn rows_go_to_the_file_of_their_tag() {
    let server = Server::start(None);
    let mut client = Client::connect(server.address);
    let row = "2009-11-10T22:59:00Z[ns|web-0|main] hello [x] | y";
    let records: [Record<'_>; 2] = [&[("row", row)], &[("row", "{row}")]];
    let tag = "/pod/ns/2009-11-10_21.log";
    client
        .send(&client::forward(tag, SECONDS, &records, &[("chunk", "a")]))
        .unwrap();
    assert_eq!(client.acknowledged().unwrap(), "a");
    assert_eq!(files(server.root.path()), ["pod/ns/2009-11-10_21.log"]);
    assert_eq!(server.read("pod/ns/2009-11-10_21.log"), format!("{row}\n"));
    assert_eq!(server.counters.refused(Refusal::BadRow), 1);
}

#[test]
fn nothing_leaves_the_data_directory_and_no_line_is_forged() {
    let server = Server::start(None);
    let mut client = Client::connect(server.address);
    let long = "n".repeat(5_000);
    let forged = "a\n2009-11-10T22:59:00Z[node01|sshd] accepted";
    let records: [Record<'_>; 6] = [
        &[
            ("node", "../../etc"),
            ("process", "a|b] c\n"),
            ("log", forged),
        ],
        &[("node", ".."), ("process", ""), ("log", "x")],
        &[("node", "a/b\0c"), ("log", "x")],
        &[("node", &long), ("log", "x")],
        &[
            ("namespace", "/"),
            ("pod", "p"),
            ("container", "c"),
            ("log", "x"),
        ],
        &[("namespace", "ns"), ("log", "no pod")],
    ];
    client
        .send(&client::forward(
            "../../../tmp/x",
            SECONDS,
            &records,
            &[("chunk", "a")],
        ))
        .unwrap();
    let row = "2009-11-10T22:59:00Z[n|p] x";
    for tag in [
        "node/../2009-11-10_22.log",
        "node/../../x/2009-11-10_22.log",
        "/etc/passwd",
    ] {
        client
            .send(&client::message(tag, SECONDS, &[("row", row)], NO_OPTIONS))
            .unwrap();
    }
    client
        .send(&client::packed("x", b"", &[("chunk", "b")]))
        .unwrap();
    assert_eq!(client.acknowledged().unwrap(), "a");
    assert_eq!(client.acknowledged().unwrap(), "b");
    assert_eq!(
        files(server.root.path()),
        [
            "node/.._.._etc/2009-11-10_22.log",
            "node/__/2009-11-10_22.log",
            "node/a_b_c/2009-11-10_22.log",
            &format!("node/{}/2009-11-10_22.log", "n".repeat(255)),
            "pod/_/2009-11-10_22.log",
        ]
    );
    let text = server.read("node/.._.._etc/2009-11-10_22.log");
    for line in text.lines() {
        assert!(
            line.starts_with("2009-11-10T22:59:00.000000Z[.._.._etc|a_b_ c_] "),
            "{line}"
        );
    }
    assert_eq!(text.lines().count(), 2);
    assert_eq!(server.counters.refused(Refusal::NoSource), 3);
}

#[test]
fn a_malformed_message_ends_its_connection_only() {
    let server = Server::start(None);
    let mut good = Client::connect(server.address);
    let nested = [vec![0x91; 100], vec![0xc0]].concat();
    let bomb = client::packed(
        "x",
        &client::gzip(&vec![0xc0; 65 << 20]),
        &[("compressed", "gzip")],
    );
    let bad_events = client::packed("x", b"\x92\x00", NO_OPTIONS);
    let unknown = client::packed("x", b"", &[("compressed", "lzma")]);
    // A message that never ends is not waited for once it is too long.
    let endless = [&b"\x93\xa1x\xc6\xff\xff\xff\xff"[..], &vec![0; 17 << 20]].concat();
    let hostile: [&[u8]; 8] = [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xc1",
        b"\x93\xa1x\xc0\xc1",
        &nested,
        &bomb,
        &bad_events,
        &unknown,
        &endless,
    ];
    for (n, bytes) in hostile.into_iter().enumerate() {
        let mut client = Client::connect(server.address);
        // The server may hang up before it has read everything.
        let _ = client.send(bytes);
        assert!(client.is_closed(), "{n}");
        good.send(&client::message("x", SECONDS, POD, &[("chunk", "a")]))
            .unwrap();
        assert_eq!(good.acknowledged().unwrap(), "a");
    }
    assert_eq!(server.counters.malformed_messages(), hostile.len() as u64);
    assert_eq!(server.read(POD_FILE), POD_LINE.repeat(hostile.len()));
    eventually("only the good one is left", || {
        server.counters.open_connections() == 1
    });
}

#[test]
fn who_does_not_know_the_key_may_not_send() {
    let server = Server::start(Some(Security {
        shared_key: Secret::new("open sesame"),
        users: vec![
            ("ana".to_owned(), Secret::new("a: b")),
            ("bob".to_owned(), Secret::new("c")),
        ],
    }));
    let denied = |key, user| {
        Client::connect_with_key(server.address, key, user)
            .err()
            .unwrap()
    };
    let right = ("ana", "a: b");
    assert_eq!(
        denied("Open sesame", right),
        "the shared key does not match"
    );
    assert_eq!(denied("", right), "the shared key does not match");
    let mismatch = "user name and password do not match";
    assert_eq!(denied("open sesame", ("ana", "c")), mismatch);
    assert_eq!(denied("open sesame", ("", "")), mismatch);
    // Without a handshake nothing is read as a message.
    let mut rude = Client::connect(server.address);
    rude.receive().unwrap();
    rude.send(&client::message("x", SECONDS, POD, NO_OPTIONS))
        .unwrap();
    assert!(rude.is_closed());
    assert_eq!(server.counters.rejected_connections(), 4);

    let mut client = Client::connect_with_key(server.address, "open sesame", right).unwrap();
    client
        .send(&client::message("x", SECONDS, POD, &[("chunk", "a")]))
        .unwrap();
    assert_eq!(client.acknowledged().unwrap(), "a");
    assert_eq!(server.read(POD_FILE), POD_LINE);
}

#[test]
fn a_key_without_users_asks_for_no_user() {
    let server = Server::start(Some(Security {
        shared_key: Secret::new("key"),
        users: Vec::new(),
    }));
    assert!(Client::connect_with_key(server.address, "key", ("", "")).is_ok());
    assert!(Client::connect_with_key(server.address, "kee", ("", "")).is_err());
}

#[test]
fn stopping_writes_what_was_read() {
    let mut server = Server::start(None);
    let mut clients: Vec<Client> = (0..8).map(|_| Client::connect(server.address)).collect();
    for client in &mut clients {
        let chunk = &[("chunk", "a")];
        client
            .send(&client::message("x", SECONDS, POD, chunk))
            .unwrap();
    }
    server.stop();
    let n_acknowledged = clients
        .iter_mut()
        .filter_map(|it| it.acknowledged().ok())
        .count();
    // What was not read by then is not acknowledged, and not written.
    assert_eq!(server.read(POD_FILE), POD_LINE.repeat(n_acknowledged));
}
