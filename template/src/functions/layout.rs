//! Times in layouts as Go writes them: by example, with the moment
//! `Mon Jan 2 15:04:05 2006`. All times here are UTC.

use std::fmt::Write;

use chrono::{DateTime, Datelike, Timelike, Utc};

/// What can stand in a layout; where one begins like another, the longer one
/// comes first.
const PARTS: [&str; 28] = [
    "2006", "January", "Jan", "Monday", "Mon", "MST", "002", "01", "02", "03", "04", "05", "06",
    "15", "Z07:00", "Z0700", "-07:00", "-0700", "-07", "_2", "PM", "pm", "1", "2", "3", "4", "5",
    ".",
];

/// The time, laid out.
pub(crate) fn format(time: &DateTime<Utc>, layout: &str) -> String {
    let mut text = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        let part = PARTS.iter().find(|part| {
            let names_word = part.starts_with(['J', 'M']) && part.len() == 3 && **part != "MST";
            let behind = rest.strip_prefix(**part).and_then(|it| it.chars().next());
            rest.starts_with(**part) && !(names_word && behind.is_some_and(char::is_lowercase))
        });
        let length = match part {
            Some(&".") => fraction(&mut text, time, rest),
            Some(part) => {
                push(&mut text, time, part);
                part.len()
            }
            None => {
                text.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    text
}

fn push(text: &mut String, time: &DateTime<Utc>, part: &str) {
    let (is_afternoon, hour) = time.hour12();
    // Writing into a string cannot fail.
    let _ = match part {
        "2006" => write!(text, "{:04}", time.year()),
        "06" => write!(text, "{:02}", time.year().rem_euclid(100)),
        "January" => write!(text, "{}", month(time)),
        "Jan" => write!(text, "{:.3}", month(time)),
        "01" => write!(text, "{:02}", time.month()),
        "1" => write!(text, "{}", time.month()),
        "Monday" => write!(text, "{}", weekday(time)),
        "Mon" => write!(text, "{:.3}", weekday(time)),
        "02" => write!(text, "{:02}", time.day()),
        "_2" => write!(text, "{:>2}", time.day()),
        "2" => write!(text, "{}", time.day()),
        "002" => write!(text, "{:03}", time.ordinal()),
        "15" => write!(text, "{:02}", time.hour()),
        "03" => write!(text, "{hour:02}"),
        "3" => write!(text, "{hour}"),
        "04" => write!(text, "{:02}", time.minute()),
        "4" => write!(text, "{}", time.minute()),
        "05" => write!(text, "{:02}", time.second()),
        "5" => write!(text, "{}", time.second()),
        "PM" => write!(text, "{}", if is_afternoon { "PM" } else { "AM" }),
        "pm" => write!(text, "{}", if is_afternoon { "pm" } else { "am" }),
        "MST" => write!(text, "UTC"),
        "-0700" => write!(text, "+0000"),
        "-07:00" => write!(text, "+00:00"),
        "-07" => write!(text, "+00"),
        _ => write!(text, "Z"),
    };
}

/// `.000` writes so many digits of the second, `.999` leaves out zeros at the
/// end; length of what was read.
fn fraction(text: &mut String, time: &DateTime<Utc>, layout: &str) -> usize {
    let digits = layout.get(1..).unwrap_or_default();
    let digit = digits.chars().next().filter(|c| matches!(c, '0' | '9'));
    let Some(digit) = digit else {
        text.push('.');
        return 1;
    };
    let length = digits.len() - digits.trim_start_matches(digit).len();
    let behind = digits.get(length..).and_then(|it| it.chars().next());
    if behind.is_some_and(|c| c.is_ascii_digit()) || length > 9 {
        text.push('.');
        return 1;
    }
    let written = format!("{:09}", time.nanosecond());
    let written = written.get(..length).unwrap_or_default();
    if digit == '0' {
        text.push('.');
        text.push_str(written);
    } else if !written.trim_end_matches('0').is_empty() {
        text.push('.');
        text.push_str(written.trim_end_matches('0'));
    }
    1 + length
}

fn month(time: &DateTime<Utc>) -> &'static str {
    let months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    months
        .get(time.month0() as usize)
        .copied()
        .unwrap_or_default()
}

fn weekday(time: &DateTime<Utc>) -> &'static str {
    let days = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let day = time.weekday().num_days_from_monday();
    days.get(day as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_of_go() {
        let time = DateTime::from_timestamp(1_136_214_245, 120_000_000).unwrap();
        for (layout, expected) in [
            ("2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z"),
            (
                "2006-01-02 15:04:05.999999999 -0700 MST",
                "2006-01-02 15:04:05.12 +0000 UTC",
            ),
            ("Mon Jan _2 15:04:05 2006", "Mon Jan  2 15:04:05 2006"),
            ("Monday, 02-Jan-06 3:04PM", "Monday, 02-Jan-06 3:04PM"),
            ("1/2 15h4 .000 .", "1/2 15h4 .120 ."),
            ("day 002, Month", "day 002, Month"),
            ("", ""),
        ] {
            assert_eq!(format(&time, layout), expected, "{layout}");
        }
    }
}
