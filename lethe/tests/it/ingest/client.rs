//! A sender of Fluent Forward that is written for tests, with the modes and the
//! handshake that small client libraries lack.

#![allow(dead_code, reason = "the benchmark shares it and needs less")]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use lethe::ingest::msgpack::{Extent, Reader, Token};
use rmp::encode::*;
use sha2::{Digest, Sha512};

/// Far longer than anything takes: a test that would wait for ever fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A record: names with their values.
pub(crate) type Record<'a> = &'a [(&'a str, &'a str)];

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Connects and goes through the handshake. The error is what the server
    /// gives as its reason.
    pub(crate) fn connect_with_key(
        address: SocketAddr,
        key: &str,
        (user, password): (&str, &str),
    ) -> Result<Client, String> {
        let mut client = Client::connect(address);
        let hello = client.receive().unwrap();
        let (nonce, user_salt) = read_hello(&hello);
        let (host, salt) = ("sender", "salt of the sender");
        let mut ping = Vec::new();
        write_array_len(&mut ping, 6).unwrap();
        for text in [
            "PING",
            host,
            salt,
            &hex(&[salt.as_bytes(), host.as_bytes(), &nonce, key.as_bytes()]),
            user,
            &hex(&[&user_salt, user.as_bytes(), password.as_bytes()]),
        ] {
            write_str(&mut ping, text).unwrap();
        }
        client.send(&ping).unwrap();
        let pong = client.receive().unwrap();
        let mut reader = Reader::new(&pong);
        assert_eq!(reader.token(), Ok(Token::Array(5)));
        assert_eq!(reader.token(), Ok(Token::Str(b"PONG")));
        let verdict = reader.token().unwrap();
        let mut text = || String::from_utf8(reader.token().unwrap().bytes().unwrap().to_vec());
        let (reason, name, digest) = (text().unwrap(), text().unwrap(), text().unwrap());
        if verdict == Token::Bool(false) {
            return Err(reason);
        }
        let expected = hex(&[salt.as_bytes(), name.as_bytes(), &nonce, key.as_bytes()]);
        assert_eq!(digest, expected, "the server knows the key too");
        Ok(client)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// The next value that the server sends.
    pub(crate) fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut extent = Extent::default();
        loop {
            if let Some(len) = extent.advance(&self.buffer).unwrap() {
                return Ok(self.buffer.drain(..len).collect());
            }
            let mut bytes = [0; 4096];
            match self.stream.read(&mut bytes)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                len => self.buffer.extend_from_slice(&bytes[..len]),
            }
        }
    }

    /// The chunk that the server acknowledges next.
    pub(crate) fn acknowledged(&mut self) -> io::Result<String> {
        let answer = self.receive()?;
        let mut reader = Reader::new(&answer);
        assert_eq!(reader.token(), Ok(Token::Map(1)));
        assert_eq!(reader.token(), Ok(Token::Str(b"ack")));
        let chunk = reader.token().unwrap().bytes().unwrap();
        Ok(String::from_utf8(chunk.to_vec()).unwrap())
    }

    /// Returns once the server has closed the connection.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.receive().is_err()
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&mut self) {
        self.stream.shutdown(std::net::Shutdown::Write).unwrap();
    }
}

fn read_hello(hello: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut reader = Reader::new(hello);
    assert_eq!(reader.token(), Ok(Token::Array(2)));
    assert_eq!(reader.token(), Ok(Token::Str(b"HELO")));
    assert_eq!(reader.token(), Ok(Token::Map(3)));
    let mut value = |name: &[u8]| {
        assert_eq!(reader.token(), Ok(Token::Str(name)));
        reader.token().unwrap().bytes().unwrap().to_vec()
    };
    (value(b"nonce"), value(b"auth"))
}

fn hex(parts: &[&[u8]]) -> String {
    let digest = Sha512::digest(parts.concat());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds and nanoseconds as an `EventTime`.
pub(crate) fn event_time(bytes: &mut Vec<u8>, seconds: u32, nanos: u32) {
    write_ext_meta(bytes, 8, 0).unwrap();
    bytes.extend_from_slice(&seconds.to_be_bytes());
    bytes.extend_from_slice(&nanos.to_be_bytes());
}

/// A record; names with a dot make a map within.
pub(crate) fn record(bytes: &mut Vec<u8>, record: Record<'_>) {
    let is_within = |(name, _): &&(&str, &str)| name.contains('.');
    let within: Vec<_> = record.iter().filter(is_within).collect();
    let len = record.len() - within.len() + usize::from(!within.is_empty());
    write_map_len(bytes, len as u32).unwrap();
    for (name, value) in record.iter().filter(|it| !is_within(it)) {
        write_str(bytes, name).unwrap();
        write_str(bytes, value).unwrap();
    }
    if let Some((name, _)) = within.first() {
        write_str(bytes, name.split_once('.').unwrap().0).unwrap();
        write_map_len(bytes, within.len() as u32).unwrap();
    }
    for (name, value) in within {
        write_str(bytes, name.split_once('.').unwrap().1).unwrap();
        write_str(bytes, value).unwrap();
    }
}

/// `[time, record]` for each record, one after the other.
pub(crate) fn events(seconds: u32, records: &[Record<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for it in records {
        write_array_len(&mut bytes, 2).unwrap();
        event_time(&mut bytes, seconds, 0);
        record(&mut bytes, it);
    }
    bytes
}

/// Message mode.
pub(crate) fn message(tag: &str, seconds: u32, it: Record<'_>, options: Record<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_array_len(&mut bytes, 4).unwrap();
    write_str(&mut bytes, tag).unwrap();
    write_u32(&mut bytes, seconds).unwrap();
    record(&mut bytes, it);
    record(&mut bytes, options);
    bytes
}

/// Forward mode.
pub(crate) fn forward(
    tag: &str,
    seconds: u32,
    records: &[Record<'_>],
    options: Record<'_>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_array_len(&mut bytes, 3).unwrap();
    write_str(&mut bytes, tag).unwrap();
    write_array_len(&mut bytes, records.len() as u32).unwrap();
    bytes.extend(events(seconds, records));
    record(&mut bytes, options);
    bytes
}

/// Packed forward mode, of events that are packed already.
pub(crate) fn packed(tag: &str, events: &[u8], options: Record<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_array_len(&mut bytes, 3).unwrap();
    write_str(&mut bytes, tag).unwrap();
    write_bin(&mut bytes, events).unwrap();
    record(&mut bytes, options);
    bytes
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
