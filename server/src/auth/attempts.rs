//! How often somebody may try to log in.
//!
//! Each user name and each address has an allowance that failures use up and time gives back. A
//! name has the smaller one, since whoever guesses a password may have many addresses. What is
//! remembered is one moment for each name and address, as a hash with a random seed, and only
//! until it is forgiven.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::UnixMillis;

/// More names and addresses than this are not remembered; the one nearest to forgiveness goes.
const MOST_REMEMBERED: usize = 10_000;

/// How many attempts are possible at once, and after what time one more is.
#[derive(Clone, Copy)]
struct Allowance {
    burst: u64,
    interval_ms: u64,
}

const OF_USER: Allowance = Allowance {
    burst: 5,
    interval_ms: 30_000,
};
const OF_ADDRESS: Allowance = Allowance {
    burst: 20,
    interval_ms: 3_000,
};

/// Failed logins of the last minutes.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    seed: RandomState,
    /// When everything is forgiven, for each name and address.
    forgiven_at: Mutex<HashMap<u64, UnixMillis>>,
}

/// An attempt under way: it counts as failed unless it is [forgiven](Attempts::forgive).
#[derive(Debug)]
pub(super) struct Attempt {
    user: u64,
    address: u64,
}

impl Attempts {
    /// Counts an attempt, or says how long to wait before the next one.
    pub(super) fn begin(
        &self,
        address: IpAddr,
        user: &str,
        now: UnixMillis,
    ) -> Result<Attempt, Duration> {
        let attempt = Attempt {
            user: self.seed.hash_one(("user", user)),
            address: self.seed.hash_one(("address", network(address))),
        };
        let mut forgiven_at = self.lock();
        let used = [(attempt.user, OF_USER), (attempt.address, OF_ADDRESS)].map(|(key, it)| {
            let known = forgiven_at.get(&key).copied().unwrap_or_default();
            let most = now + it.burst * it.interval_ms;
            // A clock that was set back must not lock anybody out for long.
            let next = known.clamp(now, most) + it.interval_ms;
            (key, next, next.saturating_sub(most))
        });
        let wait = used.iter().map(|(_, _, wait)| *wait).max();
        match wait {
            Some(wait) if wait > 0 => return Err(Duration::from_millis(wait)),
            _ => {}
        }
        for (key, next, _) in used {
            make_room(&mut forgiven_at, now);
            forgiven_at.insert(key, next);
        }
        Ok(attempt)
    }

    /// The attempt went well: it does not count, and the name's failures are forgotten.
    pub(super) fn forgive(&self, attempt: &Attempt) {
        let mut forgiven_at = self.lock();
        forgiven_at.remove(&attempt.user);
        if let Some(at) = forgiven_at.get_mut(&attempt.address) {
            *at = at.saturating_sub(OF_ADDRESS.interval_ms);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, UnixMillis>> {
        self.forgiven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(forgiven_at: &mut HashMap<u64, UnixMillis>, now: UnixMillis) {
    if forgiven_at.len() < MOST_REMEMBERED {
        return;
    }
    forgiven_at.retain(|_, at| *at > now);
    if forgiven_at.len() >= MOST_REMEMBERED {
        let nearest = forgiven_at.iter().min_by_key(|(_, at)| **at);
        if let Some(nearest) = nearest.map(|(key, _)| *key) {
            forgiven_at.remove(&nearest);
        }
    }
}

/// One home or machine has all addresses of an IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_700_000_000_000;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn the_sixth_failure_of_a_user_waits_from_wherever_it_comes() {
        let attempts = Attempts::default();
        for last in 0..5 {
            attempts.begin(address(last), "ana", NOW).unwrap();
        }
        let wait = attempts.begin(address(9), "ana", NOW).unwrap_err();
        assert_eq!(wait, Duration::from_secs(30));
        let wait = attempts.begin(address(9), "ana", NOW + 20_000).unwrap_err();
        assert_eq!(wait, Duration::from_secs(10));
        assert!(attempts.begin(address(9), "ana", NOW + 30_000).is_ok());
        assert!(attempts.begin(address(9), "ben", NOW).is_ok());
    }

    #[test]
    fn an_address_that_tries_many_names_waits() {
        let attempts = Attempts::default();
        for n in 0..20 {
            attempts
                .begin(address(1), &format!("user{n}"), NOW)
                .unwrap();
        }
        let wait = attempts.begin(address(1), "ana", NOW).unwrap_err();
        assert_eq!(wait, Duration::from_secs(3));
        assert!(attempts.begin(address(2), "ana", NOW).is_ok());
        assert!(attempts.begin(address(1), "ana", NOW + 3_000).is_ok());
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_are_one() {
        let attempts = Attempts::default();
        for n in 0..20 {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]);
            attempts.begin(address, &format!("user{n}"), NOW).unwrap();
        }
        let begin = |network| {
            let address = IpAddr::from([0x2001, 0xdb8, 0, network, 9, 9, 9, 9]);
            attempts.begin(address, "ana", NOW)
        };
        assert!(begin(1).is_err());
        assert!(begin(2).is_ok());
    }

    #[test]
    fn who_logs_in_has_not_failed() {
        let attempts = Attempts::default();
        for _ in 0..100 {
            let attempt = attempts.begin(address(1), "ana", NOW).unwrap();
            attempts.forgive(&attempt);
        }
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_long() {
        let attempts = Attempts::default();
        attempts
            .begin(address(1), "ana", NOW + 1_000_000_000)
            .unwrap();
        let wait = attempts.begin(address(1), "ana", NOW).unwrap_err();
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..u32::try_from(MOST_REMEMBERED).unwrap() {
            let _ = attempts.begin(IpAddr::from(n.to_be_bytes()), &n.to_string(), NOW);
        }
        assert!(attempts.lock().len() <= MOST_REMEMBERED);
    }
}
