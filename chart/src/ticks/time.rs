//! Marks of the time axis: full minutes, hours, days and months of the viewer's calendar.

use chrono::{DateTime, Datelike, Months, NaiveDateTime, Timelike};

/// A mark of the time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeTick {
    /// Unix seconds.
    pub time: f64,
    /// `15:30`, `15:30:05`, or a date where a new day begins: `09-14`, `2026-01-01`.
    pub label: String,
    /// Whether the label is a date.
    pub is_date: bool,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Distance of two marks.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Milliseconds that divide a day, or whole days.
    Fixed(i64),
    /// Monday to Monday.
    Week,
    Months(u32),
}

impl Step {
    const LADDER: [Self; 41] = {
        use Step::{Fixed, Months, Week};
        [
            Fixed(1),
            Fixed(2),
            Fixed(5),
            Fixed(10),
            Fixed(20),
            Fixed(50),
            Fixed(100),
            Fixed(200),
            Fixed(500),
            Fixed(SECOND),
            Fixed(2 * SECOND),
            Fixed(5 * SECOND),
            Fixed(10 * SECOND),
            Fixed(15 * SECOND),
            Fixed(30 * SECOND),
            Fixed(MINUTE),
            Fixed(2 * MINUTE),
            Fixed(5 * MINUTE),
            Fixed(10 * MINUTE),
            Fixed(15 * MINUTE),
            Fixed(30 * MINUTE),
            Fixed(HOUR),
            Fixed(2 * HOUR),
            Fixed(3 * HOUR),
            Fixed(6 * HOUR),
            Fixed(12 * HOUR),
            Fixed(DAY),
            Fixed(2 * DAY),
            Week,
            Months(1),
            Months(3),
            Months(6),
            Months(12),
            Months(24),
            Months(60),
            Months(120),
            Months(240),
            Months(600),
            Months(1_200),
            Months(2_400),
            Months(6_000),
        ]
    };

    /// Length in milliseconds; of months, the shortest they come in.
    fn shortest(self) -> i64 {
        match self {
            Self::Fixed(length) => length,
            Self::Week => 7 * DAY,
            Self::Months(months) => i64::from(months) * 28 * DAY,
        }
    }

    /// The first mark at or before a wall-clock time.
    fn floor(self, wall: i64) -> Option<i64> {
        Some(match self {
            Self::Fixed(length) => wall.div_euclid(length) * length,
            // Day 4 of the epoch was a Monday.
            Self::Week => (wall - 4 * DAY).div_euclid(7 * DAY) * 7 * DAY + 4 * DAY,
            Self::Months(months) => {
                let date = civil(wall)?.date();
                let month = date.year().checked_mul(12)? + date.month0() as i32;
                let month = month.div_euclid(months as i32) * months as i32;
                let first = chrono::NaiveDate::from_ymd_opt(
                    month.div_euclid(12),
                    month.rem_euclid(12) as u32 + 1,
                    1,
                )?;
                first
                    .and_time(chrono::NaiveTime::MIN)
                    .and_utc()
                    .timestamp_millis()
            }
        })
    }

    /// The mark after a mark.
    fn next(self, wall: i64) -> Option<i64> {
        match self {
            Self::Fixed(length) => wall.checked_add(length),
            Self::Week => wall.checked_add(7 * DAY),
            Self::Months(months) => civil(wall)?
                .checked_add_months(Months::new(months))
                .map(|date| date.and_utc().timestamp_millis()),
        }
    }
}

/// The marks within `[start, end]` (unix seconds), at most about `most` of them.
///
/// `utc_offset` gives the seconds east of UTC of the viewer's zone at a unix
/// time, so marks stay on full hours across a change of daylight saving time.
/// The first mark is a date only when it is a midnight; later ones are wherever
/// the date differs from the mark before.
pub fn time_ticks(
    start: f64,
    end: f64,
    most: usize,
    utc_offset: &dyn Fn(i64) -> i32,
) -> Vec<TimeTick> {
    // Year 9999 and its mirror: far beyond any sample, well within what chrono can count.
    let in_calendar = |time: &f64| time.is_finite() && time.abs() < 2.5e11;
    if !in_calendar(&start) || !in_calendar(&end) || end <= start || most == 0 {
        return Vec::new();
    }
    let zone = Zone { utc_offset };
    let (start_ms, end_ms) = ((start * 1e3).ceil() as i64, (end * 1e3).floor() as i64);
    let gap = (end - start) * 1e3 / most as f64;
    let coarsest = Step::LADDER[Step::LADDER.len() - 1];
    let step = Step::LADDER
        .into_iter()
        .find(|step| step.shortest() as f64 >= gap)
        .unwrap_or(coarsest);

    let mut marks = Vec::new();
    // Within a long range the offset may be another than at its ends.
    let margin = if end_ms - start_ms > DAY { DAY } else { 0 };
    let last = zone.wall(end_ms).max(zone.wall(start_ms)) + margin;
    let first = zone.wall(start_ms).min(zone.wall(end_ms)) - margin;
    let mut wall = step.floor(first);
    while let Some(mark) = wall.filter(|&mark| mark <= last) {
        for instant in zone.instants(mark) {
            if (start_ms..=end_ms).contains(&instant) {
                marks.push((instant, mark));
            }
        }
        wall = step.next(mark);
    }
    // The hour that comes twice in autumn yields its instants out of order.
    marks.sort_unstable();
    marks.dedup();
    labeled(&marks, step)
}

/// The viewer's zone, in milliseconds.
struct Zone<'a> {
    utc_offset: &'a dyn Fn(i64) -> i32,
}

impl Zone<'_> {
    fn offset(&self, instant: i64) -> i64 {
        let seconds = (self.utc_offset)(instant.div_euclid(SECOND));
        i64::from(seconds).clamp(-86_400, 86_400) * SECOND
    }

    fn wall(&self, instant: i64) -> i64 {
        instant + self.offset(instant)
    }

    /// The instants at which the clock on the wall shows a time: one, none
    /// (skipped in spring) or two (repeated in autumn).
    fn instants(&self, wall: i64) -> impl Iterator<Item = i64> {
        let before = wall - self.offset(wall - DAY);
        let after = wall - self.offset(wall + DAY);
        let second = (after != before).then_some(after);
        let shows = move |instant: &i64| self.wall(*instant) == wall;
        [Some(before), second].into_iter().flatten().filter(shows)
    }
}

fn civil(wall: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(wall).map(|time| time.naive_utc())
}

fn labeled(marks: &[(i64, i64)], step: Step) -> Vec<TimeTick> {
    let mut previous: Option<NaiveDateTime> = None;
    let mut ticks = Vec::with_capacity(marks.len());
    for &(instant, wall) in marks {
        let Some(local) = civil(wall) else { continue };
        let new_day = match previous {
            Some(previous) => previous.date() != local.date(),
            None => wall.rem_euclid(DAY) == 0,
        };
        let new_year = previous.is_some_and(|previous| previous.year() != local.year());
        let is_date = new_day || step.shortest() >= DAY;
        let label = if is_date {
            date_label(local, new_year, step)
        } else {
            clock_label(local, step)
        };
        ticks.push(TimeTick {
            time: instant as f64 / 1e3,
            label,
            is_date,
        });
        previous = Some(local);
    }
    ticks
}

fn date_label(local: NaiveDateTime, new_year: bool, step: Step) -> String {
    let (year, month, day) = (local.year(), local.month(), local.day());
    match step {
        Step::Months(months) if months >= 12 => format!("{year}"),
        Step::Months(_) => format!("{year}-{month:02}"),
        _ if new_year => format!("{year}-{month:02}-{day:02}"),
        _ => format!("{month:02}-{day:02}"),
    }
}

fn clock_label(local: NaiveDateTime, step: Step) -> String {
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    let length = step.shortest();
    if length >= MINUTE {
        format!("{hour:02}:{minute:02}")
    } else if length >= SECOND {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        let millis = local.and_utc().timestamp_subsec_millis();
        format!("{hour:02}:{minute:02}:{second:02}.{millis:03}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-03-29 01:00 UTC: clocks in Berlin go from 02:00 to 03:00.
    const SPRING: i64 = 1_774_746_000;
    /// 2026-10-25 01:00 UTC: clocks in Berlin go from 03:00 back to 02:00.
    const AUTUMN: i64 = 1_792_890_000;

    fn berlin(time: i64) -> i32 {
        if (SPRING..AUTUMN).contains(&time) {
            7200
        } else {
            3600
        }
    }

    fn seoul(_: i64) -> i32 {
        9 * 3600
    }

    fn labels(start: i64, end: i64, most: usize, zone: &dyn Fn(i64) -> i32) -> Vec<String> {
        time_ticks(start as f64, end as f64, most, zone)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn five_minutes_have_full_minutes() {
        // 2026-09-14 06:30:07 UTC.
        let start = 1_789_367_407;
        assert_eq!(
            labels(start, start + 300, 7, &seoul),
            ["15:31", "15:32", "15:33", "15:34", "15:35"]
        );
    }

    #[test]
    fn the_date_appears_where_the_day_changes() {
        // 2026-09-14 12:00 to 24:00 UTC; midnight in Seoul is at 15:00 UTC.
        let start = 1_789_387_200;
        let labels = labels(start, start + 12 * 3600, 12, &seoul);
        assert_eq!(&labels[..5], ["21:00", "22:00", "23:00", "09-15", "01:00"]);
    }

    #[test]
    fn days_are_dates_and_a_new_year_says_so() {
        // 2026-12-29 00:00 in Seoul.
        let start = 1_798_470_000;
        assert_eq!(
            labels(start, start + 5 * 86_400, 6, &seoul),
            ["12-29", "12-30", "12-31", "2027-01-01", "01-02", "01-03"]
        );
    }

    #[test]
    fn weeks_start_on_monday_and_months_on_the_first() {
        let start = 1_789_387_200;
        // 2026-09-21 is a Monday.
        assert_eq!(labels(start, start + 30 * 86_400, 7, &seoul)[0], "09-21");
        assert_eq!(
            labels(start, start + 100 * 86_400, 4, &seoul),
            ["2026-10", "2026-11", "2026-12"]
        );
        assert_eq!(
            labels(start, start + 900 * 86_400, 4, &seoul),
            ["2027", "2028", "2029"]
        );
    }

    #[test]
    fn the_hour_skipped_in_spring_has_no_mark() {
        let start = SPRING - 2 * 3600;
        assert_eq!(
            labels(start, SPRING + 2 * 3600, 5, &berlin),
            ["03-29", "01:00", "03:00", "04:00", "05:00"]
        );
    }

    #[test]
    fn the_hour_repeated_in_autumn_has_two() {
        let start = AUTUMN - 2 * 3600;
        assert_eq!(
            labels(start, AUTUMN + 2 * 3600, 5, &berlin),
            ["01:00", "02:00", "02:00", "03:00", "04:00"]
        );
    }

    #[test]
    fn six_hours_across_a_change_stay_on_the_wall_clock() {
        assert_eq!(
            labels(SPRING - 86_400, SPRING + 86_400, 8, &berlin),
            [
                "06:00", "12:00", "18:00", "03-29", "06:00", "12:00", "18:00", "03-30"
            ]
        );
    }

    #[test]
    fn what_is_no_range_has_no_marks() {
        for (start, end) in [
            (5.0, 5.0),
            (9.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
            (-1e300, 1e300),
        ] {
            assert!(time_ticks(start, end, 10, &seoul).is_empty());
        }
    }

    proptest! {
        #[test]
        fn marks_are_within_the_range_in_order_and_few(
            start in -1e10..1e11, span in 1e-3..1e10, most in 1usize..40, offset in any::<i32>(),
        ) {
            let end = start + span;
            let ticks = time_ticks(start, end, most, &move |_| offset);
            prop_assert!(ticks.iter().all(|tick| tick.time >= start && tick.time <= end));
            prop_assert!(ticks.windows(2).all(|pair| pair[0].time < pair[1].time));
            prop_assert!(ticks.len() <= most + 1, "{} of {most}", ticks.len());
        }
    }
}
