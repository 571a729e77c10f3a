//! Writes pictures of several kinds of data, to be looked at:
//! `cargo run -p venti-picture --example pictures -- <directory>`.

use std::path::PathBuf;

use venti_chart::{Frame, Series};
use venti_model::step::Grid;
use venti_model::threshold::Threshold;
use venti_model::unit::Unit;
use venti_panel::{Line, PanelSlots, PieData, PieSlice, PlotData, PlotOptions};
use venti_picture::{Body, Picture};

const GRID: Grid = Grid {
    start: 1_700_000_000,
    end: 1_700_003_600,
    step: 10,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("name a directory")?);
    for (name, picture) in pictures()? {
        std::fs::write(dir.join(format!("{name}.png")), picture.png()?)?;
    }
    Ok(())
}

fn pictures() -> Outcome<Vec<(&'static str, Picture)>> {
    let wave = |at: usize, it: f64| 0.4 + 0.3 * (it * 9.0 + at as f64).sin();
    let steps = |_: usize, it: f64| {
        if (it * 6.0).fract() < 0.5 {
            f64::NAN
        } else {
            it
        }
    };
    let limits = PlotOptions {
        thresholds: vec![Threshold {
            values: vec![0.65],
            invert: false,
        }],
        moments: vec![GRID.start as f64 + 2500.0],
        ..PlotOptions::default()
    };
    let plain = PlotOptions::default;
    let three = ["web-1.shop:9100", "web-2.shop:9100", "database-0.shop:9100"];
    let many: Vec<String> = (0..140).map(|it| format!("{{pod=\"web-{it}\"}}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let parts = [
        ("Running", 40.0),
        ("Pending", 3.0),
        ("Failed", 2.0),
        ("b", 7.0),
    ];
    let slices = parts
        .iter()
        .enumerate()
        .map(|(slot, (label, value))| PieSlice {
            label: (*label).to_owned(),
            value: *value,
            text: value.to_string(),
            share: format!("{:.1}%", value / 0.52),
            slot,
        });
    let pie = PieData {
        slices: slices.collect(),
        total: "52".to_owned(),
    };
    Ok(vec![
        (
            "three",
            picture("HighCpu", Body::Lines(lines(&three, wave, limits.clone())?)),
        ),
        (
            "one",
            picture("Load", Body::Lines(lines(&["load1"], wave, limits)?)),
        ),
        (
            "many",
            picture("Many", Body::Lines(lines(&many, wave, plain())?)),
        ),
        (
            "empty",
            picture("Nothing", Body::Lines(lines(&[], wave, plain())?)),
        ),
        (
            "gaps",
            picture("Gäps 漢字", Body::Lines(lines(&["Ω Ж"], steps, plain())?)),
        ),
        ("pie", picture("Pods by phase", Body::Pie(pie))),
    ])
}

fn picture(title: &str, body: Body) -> Picture {
    Picture {
        title: title.to_owned(),
        subtitle: "22:13 to 23:13 UTC on 2023-11-14 · fires since 22:55:00".to_owned(),
        body,
    }
}

fn lines(
    names: &[&str],
    values: impl Fn(usize, f64) -> f64,
    options: PlotOptions,
) -> Outcome<PlotData> {
    let hour = 0..GRID.len();
    let times: Vec<f64> = hour
        .map(|it| (GRID.start + 10 * it as i64) as f64)
        .collect();
    let share = |time: &f64| (time - GRID.start as f64) / 3600.0;
    let slots = PanelSlots::default().assign(names);
    let series = names
        .iter()
        .zip(slots)
        .enumerate()
        .map(|(at, (name, slot))| Series {
            name: (*name).to_owned(),
            values: times.iter().map(|it| values(at, share(it))).collect(),
            slot,
            hidden: false,
        });
    let series = series.collect();
    let unit: Unit = "percentunit".parse()?;
    Ok(PlotData {
        frame: Frame::new(times, series)?,
        lines: vec![Line { unit }; names.len()],
        grid: GRID,
        options,
    })
}
