//! The browser's time zone.

use venti_model::time::Zone;

/// The zone in which the browser shows times.
pub(crate) const LOCAL: Zone = Zone::new(|unix_seconds| {
    let date = js_sys::Date::new(&(unix_seconds * 1000.0).into());
    let minutes_west = date.get_timezone_offset();
    if minutes_west.is_finite() {
        (minutes_west * -60.0) as i32
    } else {
        0
    }
});

/// Such as `UTC+09:00`, as of a moment: daylight saving moves it.
pub(crate) fn offset_text(unix_seconds: f64) -> String {
    let minutes = LOCAL.offset_at(unix_seconds) / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!(
        "UTC{sign}{:02}:{:02}",
        minutes.abs() / 60,
        minutes.abs() % 60
    )
}
