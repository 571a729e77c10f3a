//! Which answers may be given once more for a moment: those about the past.
//!
//! A range counts when its ends are multiples of its step, as browsers ask for it, so that many
//! viewers ask the same; an instant when it is named. Neither may end after now. What such a
//! question is answered still changes for some seconds, while samples arrive; that is how old
//! the answer may get.

use std::time::Duration;

use super::{Call, Endpoint};

/// For how long: as often as a wall of screens is refreshed.
pub(super) const MOMENT: Duration = Duration::from_secs(5);

/// Whether the answer to this call holds for a [`MOMENT`]. `now` is in unix seconds.
pub(super) fn is_reusable(call: &Call, now: f64) -> bool {
    let number = |name: &str| {
        let (_, value) = call.parameters.iter().find(|(it, _)| it == name)?;
        value.parse().ok().filter(|it: &f64| it.is_finite())
    };
    match call.endpoint {
        Endpoint::QueryRange | Endpoint::Histogram => {
            match (number("start"), number("end"), number("step")) {
                (Some(start), Some(end), Some(step)) => {
                    let on_grid = |at: f64| at % step == 0.0;
                    step > 0.0 && on_grid(start) && on_grid(end) && end <= now
                }
                _ => false,
            }
        }
        Endpoint::Query => number("time").is_some_and(|it| it <= now),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Method;

    fn reusable(endpoint: Endpoint, parameters: &[(&str, &str)]) -> bool {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let call = Call {
            endpoint,
            method: Method::GET,
            parameters: parameters.iter().map(own).collect(),
            accept_encoding: None,
        };
        is_reusable(&call, 1000.0)
    }

    #[test]
    fn only_the_past_on_a_grid_is() {
        let range = |start, end, step| {
            let parameters = [("start", start), ("end", end), ("step", step)];
            reusable(Endpoint::QueryRange, &parameters)
        };
        assert!(range("900", "990", "15"));
        assert!(range("900", "1000", "5"));
        assert!(!range("900", "1005", "15"), "after now");
        assert!(!range("901", "990", "15"), "between steps");
        assert!(!range("900", "991", "15"), "between steps");
        for odd in ["0", "-15", "", "15s", "NaN", "inf"] {
            assert!(!range("900", "990", odd), "{odd}");
        }
        assert!(!reusable(
            Endpoint::QueryRange,
            &[("start", "900"), ("end", "990")]
        ));
    }

    #[test]
    fn an_instant_that_is_named_and_over_is() {
        assert!(reusable(Endpoint::Query, &[("time", "999.5")]));
        assert!(!reusable(Endpoint::Query, &[("time", "1000.5")]));
        assert!(!reusable(Endpoint::Query, &[]));
        assert!(!reusable(Endpoint::Targets, &[("time", "1")]));
    }
}
