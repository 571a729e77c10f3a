//! The names of what is drawn, one after the other in a few rows.

use venti_chart::{Color, SeriesStyle, Theme};

use crate::INNER;
use crate::sheet::Sheet;
use crate::text::{Fonts, Look};

/// Rows of names; the other ones are counted.
const ROWS: usize = 5;
/// Height of a row.
const ROW: f64 = 20.0;
/// Between chart and names.
const TOP: f64 = 8.0;
/// Width of a mark and the gap behind it.
const MARK: f64 = 20.0;
/// Between a name and the next mark.
const GAP: f64 = 18.0;
/// A longer name is cut.
const NAME: f64 = 320.0;
/// Room for the count.
const COUNT: f64 = 90.0;

/// A name and what it looks like in the chart.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) mark: Mark,
}

/// What stands before a name.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    /// A small line.
    Line(SeriesStyle),
    /// A dot.
    Dot(Color),
}

/// Names with their places.
pub(crate) struct Legend {
    placed: Vec<(f64, f64, Option<Mark>, String)>,
    height: f64,
}

impl Legend {
    /// As many entries as there is room for, of `count` that there are.
    pub(crate) fn new<'a>(
        entries: impl Iterator<Item = Entry<'a>>,
        count: usize,
        fonts: &Fonts,
    ) -> Self {
        let look = look();
        let (mut placed, mut x, mut row) = (Vec::new(), 0.0, 0);
        for entry in entries {
            let name = fonts.fit(entry.name, look, NAME);
            let width = MARK + fonts.width(&name, look);
            // In the last row there has to be room for the count.
            let room = |row| {
                if row + 1 == ROWS {
                    INNER - COUNT
                } else {
                    INNER
                }
            };
            if x > 0.0 && x + width > room(row) {
                if row + 1 == ROWS {
                    break;
                }
                (x, row) = (0.0, row + 1);
            }
            placed.push((x, middle(row), Some(entry.mark), name));
            x += width + GAP;
        }
        let more = count - placed.len().min(count);
        if more > 0 {
            placed.push((x, middle(row), None, format!("+{more} more")));
        }
        let rows = if placed.is_empty() { 0 } else { row + 1 };
        Self {
            placed,
            height: TOP + rows as f64 * ROW,
        }
    }

    pub(crate) fn height(&self) -> f64 {
        self.height
    }

    /// Draws it below `top`.
    pub(crate) fn draw(&self, sheet: &mut Sheet<'_>, top: f64) {
        for (x, y, mark, name) in &self.placed {
            let (x, y) = (*x, top + y);
            let Some(mark) = mark else {
                sheet.text(name, (x, y), look());
                continue;
            };
            draw_mark(sheet, *mark, (x, y));
            sheet.text(name, (x + MARK, y), look());
        }
    }
}

/// Draws a mark whose left edge is at a position.
pub(crate) fn draw_mark(sheet: &mut Sheet<'_>, mark: Mark, (x, y): (f64, f64)) {
    match mark {
        Mark::Dot(color) => sheet.disc((x + 6.0, y), 5.0, color),
        Mark::Line(style) => {
            let (on, off) = style.dash.pattern().unwrap_or((14.0, 0.0));
            let mut from = 0.0;
            while from < 14.0 {
                let to = f64::min(from + on, 14.0);
                sheet.line(&[(x + from, y), (x + to, y)], 2.5, style.color);
                from += on + off;
            }
        }
    }
}

fn middle(row: usize) -> f64 {
    TOP + row as f64 * ROW + ROW / 2.0
}

fn look() -> Look {
    Look::new(12.0, Theme::light().text)
}
