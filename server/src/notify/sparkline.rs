//! A graph in one line of text: `▁▂▃▅█`.

use venti_model::unit::{FormatOptions, Unit};

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character for each value between the least and the greatest, which stand behind; a blank
/// where there is no number. `None` without any number.
pub(super) fn sparkline(values: &[f64]) -> Option<String> {
    let finite = || values.iter().copied().filter(|it| it.is_finite());
    let min = finite().reduce(f64::min)?;
    let max = finite().reduce(f64::max)?;
    let bar = |value: f64| {
        if !value.is_finite() {
            return ' ';
        }
        let share = if max > min {
            (value - min) / (max - min)
        } else {
            0.0
        };
        let at = (share * (BARS.len() - 1) as f64).round() as usize;
        BARS.get(at).copied().unwrap_or(' ')
    };
    let bars: String = values.iter().copied().map(bar).collect();
    Some(format!("{bars}  min {} max {}", number(min), number(max)))
}

fn number(value: f64) -> String {
    Unit::default().format(value, &FormatOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rises_as_its_values_do() {
        assert_eq!(
            sparkline(&[0.0, 1.0, f64::NAN, 7.0]).unwrap(),
            "▁▂ █  min 0 max 7"
        );
        assert_eq!(sparkline(&[3.0, 3.0]).unwrap(), "▁▁  min 3 max 3");
        assert_eq!(sparkline(&[f64::NAN]), None);
        assert_eq!(sparkline(&[]), None);
    }

    proptest! {
        #[test]
        fn any_values_have_one(values in prop::collection::vec(any::<f64>(), 0..40)) {
            let line = sparkline(&values);
            prop_assert_eq!(line.is_some(), values.iter().any(|it| it.is_finite()));
        }
    }
}
