//! Writes a page of charts to look at, each in light and dark:
//!
//! ```text
//! cargo run -p venti-chart --example gallery -- gallery.html
//! ```

use std::error::Error;
use std::f64::consts::TAU;
use std::fmt::Write as _;

use plotters::prelude::{IntoDrawingArea, SVGBackend};
use venti_chart::{
    Frame, PiePlot, Series, Slice, Status, Surface, Theme, Threshold, TickBase, TimeSeriesOptions,
    TimeSeriesPlot, ValueLimits,
};

/// 2026-09-14 03:20 UTC.
const START: f64 = 1_789_356_000.0;
const SIZE: (f64, f64) = (560.0, 200.0);

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "gallery.html".to_owned());
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><title>Charts</title><body style='margin:0'>",
    );
    for theme in [Theme::light(), Theme::dark()] {
        write!(
            page,
            "<div style='background:{};padding:12px'>",
            theme.panel
        )?;
        for picture in pictures(theme)? {
            page.push_str(&picture);
        }
        page.push_str("</div>");
    }
    std::fs::write(path, page)?;
    Ok(())
}

fn pictures(theme: Theme) -> Result<Vec<String>, Box<dyn Error>> {
    let hours = |hours: f64| (START, START + hours * 3600.0);
    let crit = Threshold {
        value: 80.0,
        color: theme.palette.status(Status::Crit),
    };
    let percent = TimeSeriesOptions {
        step: Some(60.0),
        limits: ValueLimits {
            soft_max: Some(100.0),
            ..ValueLimits::default()
        },
        labels: &|marks, _| marks.iter().map(|mark| format!("{mark} %")).collect(),
        utc_offset: &|_| 9 * 3600,
        thresholds: &[crit],
        ..TimeSeriesOptions::new(hours(3.0))
    };
    let bytes = TimeSeriesOptions {
        base: TickBase::Binary,
        labels: &|marks, _| {
            marks
                .iter()
                .map(|mark| format!("{} GiB", mark / 1024f64.powi(3)))
                .collect()
        },
        utc_offset: &|_| 9 * 3600,
        thresholds: &[],
        ..percent
    };
    let plain = TimeSeriesOptions {
        step: Some(60.0),
        ..TimeSeriesOptions::new(hours(12.0))
    };
    let days = TimeSeriesOptions {
        utc_offset: &|_| 9 * 3600,
        ..TimeSeriesOptions::new(hours(72.0))
    };

    Ok(vec![
        time_series(theme, &percent, &gaps(), None)?,
        time_series(theme, &bytes, &waves(4, 180, 60.0, 0.9e9), Some(1))?,
        time_series(theme, &plain, &waves(14, 720, 60.0, 40.0), None)?,
        time_series(theme, &days, &waves(60, 1440, 180.0, 3.0), Some(7))?,
        time_series(theme, &plain, &signed(), None)?,
        time_series(theme, &plain, &Frame::default(), None)?,
        pie(
            theme,
            &[
                ("Running", 42.0),
                ("Succeeded", 12.0),
                ("Pending", 3.0),
                ("Failed", 1.0),
            ],
            None,
        )?,
        pie(
            theme,
            &[
                ("node-1", 5.0),
                ("node-2", 4.0),
                ("node-3", 3.0),
                ("node-4", 2.0),
            ],
            Some(1),
        )?,
        pie(theme, &[("Ready", 3.0), ("NotReady", 0.0)], None)?,
        pie(theme, &[], None)?,
    ])
}

fn time_series(
    theme: Theme,
    options: &TimeSeriesOptions<'_>,
    frame: &Frame,
    highlighted: Option<usize>,
) -> Result<String, Box<dyn Error>> {
    svg(SIZE, |area, surface| {
        let measure = |text: &str| text.chars().count() as f64 * 6.2;
        let plot = TimeSeriesPlot::new(frame, options, surface, theme, &measure);
        plot.draw(area, frame)?;
        if highlighted.is_some() {
            plot.draw_cursor(area, frame, plot.time_at(300.0), highlighted)?;
            plot.draw_selection(area, plot.time_at(400.0), plot.time_at(480.0))?;
        }
        Ok(())
    })
}

fn pie(
    theme: Theme,
    parts: &[(&str, f64)],
    highlighted: Option<usize>,
) -> Result<String, Box<dyn Error>> {
    let slice = |(slot, (label, value)): (usize, &(&str, f64))| Slice {
        label: (*label).to_owned(),
        value: *value,
        color: theme
            .palette
            .named(label)
            .unwrap_or(theme.palette.slot(slot).color),
    };
    let slices: Vec<Slice> = parts.iter().enumerate().map(slice).collect();
    svg((180.0, 180.0), |area, surface| {
        let pie = PiePlot::new(&slices, surface, theme);
        let total = pie.total().to_string();
        Ok(pie.with_center(total, "pods").draw(area, highlighted)?)
    })
}

type Area<'a> = plotters::drawing::DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn svg(
    (width, height): (f64, f64),
    draw: impl FnOnce(&Area<'_>, Surface) -> Result<(), Box<dyn Error>>,
) -> Result<String, Box<dyn Error>> {
    let surface = Surface::new(width, height)
        .with_resolution(1.0, 8)
        .with_text_scale(1.24);
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, surface.size()).into_drawing_area();
        draw(&area, surface).map_err(|error| error.to_string())?;
        area.present().map_err(|error| error.to_string())?;
    }
    let (units, _) = surface.size();
    Ok(text
        .replacen(
            &format!("width=\"{units}\""),
            &format!("width=\"{width}\" style='margin:6px'"),
            1,
        )
        .replacen(
            &format!("height=\"{}\"", surface.size().1),
            &format!("height=\"{height}\""),
            1,
        ))
}

fn frame(times: Vec<f64>, columns: Vec<Vec<f64>>) -> Frame {
    let series = columns
        .into_iter()
        .enumerate()
        .map(|(slot, values)| Series {
            name: format!("node-{slot}"),
            values,
            slot,
            hidden: false,
        });
    Frame::new(times, series.collect()).unwrap_or_default()
}

fn times(count: usize, step: f64) -> Vec<f64> {
    (0..count)
        .map(|index| START + index as f64 * step)
        .collect()
}

/// Noise that is the same at every run.
fn noise(seed: usize) -> f64 {
    let mut x = seed as u64 ^ 0x9E37_79B9_7F4A_7C15;
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

fn waves(series: usize, count: usize, step: f64, size: f64) -> Frame {
    let value = |row: usize, index: usize| {
        let phase = index as f64 / count as f64 * TAU * (1.5 + noise(row)) + noise(row + 99) * TAU;
        let level = 0.4 + noise(row + 500) * 1.5;
        size * (level + 0.3 * level * phase.sin() + 0.12 * level * noise(row * 100_003 + index))
    };
    let columns = (0..series).map(|row| (0..count).map(|index| value(row, index)).collect());
    frame(times(count, step), columns.collect())
}

/// One line with a missing stretch and a sample on its own.
fn gaps() -> Frame {
    let wave = waves(1, 180, 60.0, 40.0);
    let mut values = wave
        .series()
        .first()
        .map(|series| series.values.clone())
        .unwrap_or_default();
    for (index, value) in values.iter_mut().enumerate() {
        if (70..95).contains(&index) && index != 82 {
            *value = f64::NAN;
        }
    }
    frame(wave.times().to_vec(), vec![values])
}

fn signed() -> Frame {
    let count = 720;
    let value = |index: usize| 30.0 * (index as f64 / 90.0).sin() - 12.0 + 6.0 * noise(index);
    frame(times(count, 60.0), vec![(0..count).map(value).collect()])
}
