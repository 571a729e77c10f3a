//! Chooses ports on loopback.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// How many ports after the preferred one are tried.
const ATTEMPTS: u16 = 100;

/// A free port, taken until this is dropped: ports that are chosen one after
/// another are different ones.
#[derive(Debug)]
pub struct Reserved {
    _listener: TcpListener,
    port: u16,
}

impl Reserved {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// `preferred`, or the next free port after it.
pub fn preferred(preferred: u16) -> io::Result<Reserved> {
    let last = preferred.saturating_add(ATTEMPTS);
    let mut refusal = None;
    for port in preferred..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return reserve(listener),
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

/// Any free port.
pub fn any() -> io::Result<Reserved> {
    reserve(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?)
}

fn reserve(listener: TcpListener) -> io::Result<Reserved> {
    let port = listener.local_addr()?.port();
    Ok(Reserved {
        _listener: listener,
        port,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_skipped() {
        let taken = any().unwrap();
        let next = preferred(taken.port()).unwrap();
        assert!(next.port() > taken.port());
    }

    #[test]
    fn free_ports_differ_while_they_are_reserved() {
        let (first, second) = (any().unwrap(), any().unwrap());
        assert_ne!(first.port(), second.port());
    }
}
