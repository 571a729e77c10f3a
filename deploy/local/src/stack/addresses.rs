//! The addresses of the parts, all on loopback.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use super::Part;
use crate::port::{self, Reserved};

/// Where the parts listen, always on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The ports that people know, or the next free ones after them.
    Usual,
    /// Any free ports, so that stacks can run beside each other.
    Any,
}

/// One port for each part, reserved until this is dropped.
pub(super) struct Reservations(Vec<(Part, Reserved)>);

impl Reservations {
    pub(super) fn choose(ports: Ports) -> io::Result<Reservations> {
        let reserve = |part: Part| {
            let reserved = match ports {
                Ports::Usual => port::preferred(part.usual_port()),
                Ports::Any => port::any(),
            };
            Ok((part, reserved?))
        };
        Part::ALL
            .into_iter()
            .map(reserve)
            .collect::<Result<_, _>>()
            .map(Reservations)
    }

    pub(super) fn address(&self, part: Part) -> SocketAddr {
        let reserved = self.0.iter().find(|(it, _)| *it == part);
        let port = reserved.map_or(part.usual_port(), |(_, it)| it.port());
        (Ipv4Addr::LOCALHOST, port).into()
    }
}
