//! Where a request comes from, and whether by HTTPS: as the connection says, or as a trusted proxy
//! before the server does.

use std::net::IpAddr;

use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The other end of a connection, which comes with every request over it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    /// Its address.
    pub(crate) address: IpAddr,
    /// Whether it speaks TLS.
    pub(crate) is_tls: bool,
}

/// The browser or program that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its address; that of the nearest one before it that is not trusted to tell.
    pub(crate) address: IpAddr,
    /// Whether it speaks HTTPS, be it to the proxy.
    pub(crate) is_secure: bool,
    /// Whether a trusted proxy is between us.
    pub(crate) is_behind_proxy: bool,
}

impl Peer {
    /// Reads the connection's address and, if that is a trusted proxy's, its headers.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        // Every request has one; without, it would come from nowhere that is trusted.
        let nowhere = Connection {
            address: [0; 4].into(),
            is_tls: false,
        };
        let connection = extensions.get().copied().unwrap_or(nowhere);
        let address = connection.address.to_canonical();
        let is_trusted = |address: IpAddr| trusted.iter().any(|it| it.contains(&address));
        if !is_trusted(address) {
            return Self {
                address,
                is_secure: connection.is_tls,
                is_behind_proxy: false,
            };
        }
        let protocol = headers.get("x-forwarded-proto");
        let protocol = protocol.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let protocol = protocol.split(',').next().unwrap_or_default().trim();
        Self {
            address: forwarded_for(headers, address, is_trusted),
            is_secure: connection.is_tls || protocol.eq_ignore_ascii_case("https"),
            is_behind_proxy: true,
        }
    }
}

/// Each proxy appends the address that it sees, so the list is read from its end, as long as
/// those who wrote are trusted. What stands before anybody may have written.
fn forwarded_for(
    headers: &HeaderMap,
    mut address: IpAddr,
    is_trusted: impl Fn(IpAddr) -> bool,
) -> IpAddr {
    let lists = headers.get_all("x-forwarded-for");
    let lists: Vec<&str> = lists.iter().filter_map(|it| it.to_str().ok()).collect();
    let written = lists.join(",");
    for text in written.rsplit(',') {
        let Ok(next) = text.trim().parse::<IpAddr>() else {
            break;
        };
        address = next.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(connection: &str, headers: &[(&'static str, &str)]) -> Peer {
        let mut extensions = Extensions::new();
        extensions.insert(Connection {
            address: connection.parse().unwrap(),
            is_tls: false,
        });
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        Peer::of(&extensions, &headers, &trusted)
    }

    const ANYTHING: [(&str, &str); 2] = [
        ("x-forwarded-for", "198.51.100.7"),
        ("x-forwarded-proto", "https"),
    ];

    #[test]
    fn strangers_are_not_believed() {
        let expected = Peer {
            address: [192, 0, 2, 1].into(),
            is_secure: false,
            is_behind_proxy: false,
        };
        assert_eq!(peer("192.0.2.1", &ANYTHING), expected);
        assert_eq!(peer("::ffff:192.0.2.1", &ANYTHING), expected);
    }

    #[test]
    fn a_trusted_proxy_is() {
        let expected = Peer {
            address: [198, 51, 100, 7].into(),
            is_secure: true,
            is_behind_proxy: true,
        };
        assert_eq!(peer("10.1.2.3", &ANYTHING), expected);
        assert_eq!(peer("::ffff:10.1.2.3", &ANYTHING), expected);
        assert!(!peer("10.1.2.3", &[]).is_secure);
    }

    #[test]
    fn of_a_chain_only_what_trusted_ones_wrote_counts() {
        for (written, expected) in [
            ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
            ("10.9.9.9", "10.9.9.9"),
            ("198.51.100.7, nonsense", "10.1.2.3"),
            ("", "10.1.2.3"),
        ] {
            let peer = peer("10.1.2.3", &[("x-forwarded-for", written)]);
            assert_eq!(peer.address.to_string(), expected, "{written}");
        }
    }
}
