//! Chooses ports on loopback.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

/// How many ports are tried.
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

/// Any free port, and each only once: between the end of the reservation and the start of the
/// program that gets it, another stack of this process may ask for one too.
pub fn any() -> io::Result<Reserved> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Held until the end, so that the system offers others.
    let mut refused = Vec::new();
    for _ in 0..ATTEMPTS {
        let reserved = reserve(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?)?;
        if given.insert(reserved.port) {
            return Ok(reserved);
        }
        refused.push(reserved);
    }
    Err(io::ErrorKind::AddrInUse.into())
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
