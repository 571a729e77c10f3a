//! Responsible for prefixes: which of `B KiB MiB …`, `ns µs ms s …` a value is
//! shown in.

use super::number;

/// One rung: its size in the base unit of the ladder and the text after the
/// number, to which the unit's own name is appended (`" Ki"` + `"B"`).
#[derive(Debug, PartialEq)]
pub(super) struct Step {
    pub(super) size: f64,
    pub(super) name: &'static str,
}

const fn step(size: f64, name: &'static str) -> Step {
    Step { size, name }
}

/// Powers of 1024, the exact doubles.
pub(super) const KI: f64 = 1024.0;
pub(super) const MI: f64 = 1024.0 * KI;
pub(super) const GI: f64 = 1024.0 * MI;
pub(super) const TI: f64 = 1024.0 * GI;
pub(super) const PI: f64 = 1024.0 * TI;
const EI: f64 = 1024.0 * PI;

/// No prefix at all.
pub(super) static ONE: [Step; 1] = [step(1.0, "")];

/// `short`: words, because a bare `B` reads as bytes.
pub(super) static WORDS: [Step; 6] = [
    step(1.0, ""),
    step(1e3, " K"),
    step(1e6, " Mil"),
    step(1e9, " Bil"),
    step(1e12, " Tri"),
    step(1e15, " Quadr"),
];

/// Counts of things, the letter directly after the number: `1.50K ops/s`.
pub(super) static COUNT: [Step; 5] = [
    step(1.0, ""),
    step(1e3, "K"),
    step(1e6, "M"),
    step(1e9, "B"),
    step(1e12, "T"),
];

/// Decimal prefixes of things that do not come in fractions (bytes, packets).
pub(super) static DECIMAL: [Step; 7] = [
    step(1.0, " "),
    step(1e3, " k"),
    step(1e6, " M"),
    step(1e9, " G"),
    step(1e12, " T"),
    step(1e15, " P"),
    step(1e18, " E"),
];

/// Binary prefixes.
pub(super) static BINARY: [Step; 7] = [
    step(1.0, " "),
    step(KI, " Ki"),
    step(MI, " Mi"),
    step(GI, " Gi"),
    step(TI, " Ti"),
    step(PI, " Pi"),
    step(EI, " Ei"),
];

/// Decimal prefixes of physical quantities, fractions included.
pub(super) static SI: [Step; 11] = [
    step(1e-12, " p"),
    step(1e-9, " n"),
    step(1e-6, " µ"),
    step(1e-3, " m"),
    step(1.0, " "),
    step(1e3, " k"),
    step(1e6, " M"),
    step(1e9, " G"),
    step(1e12, " T"),
    step(1e15, " P"),
    step(1e18, " E"),
];

/// Durations, in seconds.
pub(super) static TIME: [Step; 9] = [
    step(1e-9, " ns"),
    step(1e-6, " µs"),
    step(1e-3, " ms"),
    step(1.0, " s"),
    step(60.0, " min"),
    step(3600.0, " h"),
    step(86_400.0, " d"),
    step(604_800.0, " wk"),
    step(31_536_000.0, " yr"),
];

/// Processor cores as Kubernetes writes them.
pub(super) static CORES: [Step; 2] = [step(1e-3, "m"), step(1.0, "")];

/// The rung on which `value` (in the ladder's base unit) is shown with
/// `decimals`. It climbs while the number *as it will be printed* reaches the
/// next rung, so 999.96 is `1 K` and never `1000`.
///
/// Zero has no size, so it stays on the rung that is `home` in size.
pub(super) fn rung(
    ladder: &'static [Step],
    value: f64,
    home: f64,
    decimals: Option<u8>,
) -> &'static Step {
    let magnitude = value.abs();
    let mut steps = ladder.iter().peekable();
    let mut chosen = &ONE[0];
    while let Some(step) = steps.next() {
        chosen = step;
        let Some(next) = steps.peek() else { break };
        let stays = if magnitude == 0.0 {
            step.size >= home
        } else {
            // The quotient of two rungs such as 1e-6/1e-9 is not exactly 1000.
            let ratio = next.size / step.size * (1.0 - 1e-9);
            number::round(magnitude / step.size, decimals) < ratio
        };
        if stays {
            break;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_to_the_next_rung() {
        for (ladder, value, name) in [
            (WORDS.as_slice(), 999.96, " K"),
            (&WORDS, 999.4, ""),
            (&BINARY, 1023.9, " Ki"),
            (&BINARY, 1023.4, " "),
            (&TIME, 59.97, " min"),
            (&TIME, 1e-6, " µs"),
            (&TIME, 1e-3, " ms"),
            (&CORES, 0.99996, ""),
            (&TIME, 1e300, " yr"),
            (&TIME, 1e-300, " ns"),
        ] {
            assert_eq!(rung(ladder, value, 1.0, None).name, name, "{value}");
        }
    }

    #[test]
    fn zero_stays_at_home() {
        assert_eq!(rung(&TIME, 0.0, 1e-3, None).name, " ms");
        assert_eq!(rung(&BINARY, 0.0, MI, None).name, " Mi");
        assert_eq!(rung(&SI, 0.0, 1.0, None).name, " ");
    }
}
