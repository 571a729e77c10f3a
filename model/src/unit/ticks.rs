//! Responsible for the labels of a value axis: one prefix and one number of
//! decimals for all of them, so that the eye can compare digits.

use super::ladder::{self, ONE};
use super::rule::{Rule, Scaled};
use super::{FormatOptions, number};

/// Past this many decimals a smaller prefix reads better, where there is one.
const MAX_DECIMALS: u8 = 6;
/// The last resort of an axis that shows a tiny range far from zero.
const LIMIT: u8 = 12;

/// One label for each of `values`, which lie `step` apart.
pub(super) fn labels(rule: &Rule, values: &[f64], step: f64) -> Vec<String> {
    match rule {
        Rule::Scaled(scaled) => scaled_labels(scaled, values, step),
        _ => {
            let options = FormatOptions {
                decimals: axis_decimals(rule, step),
                ..Default::default()
            };
            let label = |value: &f64| {
                let (digits, unit) = rule.parts(*value, &options);
                digits + &unit
            };
            values.iter().map(label).collect()
        }
    }
}

/// Decimals of the units without a ladder; for those that are not numbers the
/// word means something else and the default stands.
fn axis_decimals(rule: &Rule, step: f64) -> Option<u8> {
    matches!(rule, Rule::Grouped).then(|| decimals_of(step, LIMIT).unwrap_or(0))
}

fn scaled_labels(scaled: &Scaled, values: &[f64], step: f64) -> Vec<String> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let largest = finite.fold(0.0_f64, |largest, value| largest.max(value.abs())) * scaled.factor;
    let step = step.abs() * scaled.factor;
    let top = ladder::rung(scaled.ladder, largest, scaled.factor, None);
    // A narrow range high up needs many decimals under the prefix of its
    // largest tick; it then goes down the ladder until they are few.
    let lower = scaled
        .ladder
        .iter()
        .rev()
        .skip_while(|rung| rung.size > top.size);
    let (rung, decimals) = lower
        .filter_map(|rung| Some((rung, decimals_of(step / rung.size, MAX_DECIMALS)?)))
        .next()
        .unwrap_or_else(|| {
            let lowest = scaled.ladder.first().unwrap_or(&ONE[0]);
            (lowest, decimals_of(step / lowest.size, LIMIT).unwrap_or(2))
        });
    let label = |value: &f64| match number::not_finite(*value) {
        Some(word) => word.to_owned(),
        None => {
            let digits = number::fix(value * scaled.factor / rung.size, Some(decimals));
            let (digits, unit) = scaled.dress(digits, rung);
            digits + &unit
        }
    };
    values.iter().map(label).collect()
}

/// The fewest decimals, up to `limit`, that show `step` without rounding (0.25
/// needs two, though its size alone would ask for one) or, if none do, to two
/// significant digits. Nothing for a step that needs more, or is none.
fn decimals_of(step: f64, limit: u8) -> Option<u8> {
    if !step.is_finite() || step <= 0.0 {
        return None;
    }
    let shifted = |decimals: u8| step * number::power_of_ten(decimals);
    let exact = |decimals: &u8| {
        let shifted = shifted(*decimals);
        shifted > 0.5 && (shifted - shifted.round()).abs() <= 1e-6
    };
    let enough = |decimals: &u8| shifted(*decimals) >= 10.0 * (1.0 - 1e-9);
    (0..=limit).find(exact).or_else(|| (0..=limit).find(enough))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_shown_exactly() {
        for (step, decimals) in [
            (1.0, Some(0)),
            (20.0, Some(0)),
            (0.5, Some(1)),
            (0.25, Some(2)),
            (2.5, Some(1)),
            (0.1, Some(1)),
            (0.000002, Some(6)),
            (1.0 / 3.0, Some(2)),
            (1e-9, None),
            (0.0, None),
            (f64::NAN, None),
        ] {
            assert_eq!(decimals_of(step, MAX_DECIMALS), decimals, "{step}");
        }
    }
}
