//! Where the program listens: `host:port`, or `:port` for every address.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use tokio::net::TcpListener;

/// A host with a port to listen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress {
    /// A name or an address, IPv6 without brackets; empty means every address.
    pub host: String,
    /// The port; 0 leaves the choice to the system.
    pub port: u16,
}

impl ListenAddress {
    /// Listens there. Without a host that is every address of both kinds, or of
    /// IPv4 alone where there is no IPv6.
    pub async fn bind(&self) -> io::Result<TcpListener> {
        let ListenAddress { host, port } = self;
        if !host.is_empty() {
            return TcpListener::bind((host.as_str(), *port)).await;
        }
        match TcpListener::bind((Ipv6Addr::UNSPECIFIED, *port)).await {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).await
            }
            bound => bound,
        }
    }
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = text.rsplit_once(':').ok_or_else(|| {
            format!("`{text}` has no port: write `host:port`, or `:6060` for every address")
        })?;
        let port = port
            .parse()
            .map_err(|_| format!("`{port}` is no port: write a number up to 65535"))?;
        let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if bare.is_none() && host.contains(':') {
            return Err(format!("`{host}` needs brackets: write `[{host}]:{port}`"));
        }
        Ok(ListenAddress {
            host: bare.unwrap_or(host).to_owned(),
            port,
        })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ListenAddress { host, port } = self;
        match host.contains(':') {
            true => write!(f, "[{host}]:{port}"),
            false => write!(f, "{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_host_may_be_missing_and_a_port_may_not() {
        for text in [":6060", "127.0.0.1:0", "[::1]:80", "localhost:6060"] {
            let address: ListenAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
        for text in ["", "foo", "127.0.0.1:99999", "::1:80", "host:", "host:http"] {
            assert!(text.parse::<ListenAddress>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = text.parse::<ListenAddress>();
        }
    }
}
