//! A pie: the ring with its sum, and its parts beside it.

use venti_chart::Theme;
use venti_panel::{PieData, PieSlice};

use crate::legend::{Mark, draw_mark};
use crate::sheet::Sheet;
use crate::text::{Fonts, Look};
use crate::{INNER, surface};

/// Width and height of the ring.
const SIDE: f64 = 260.0;
/// Where the parts begin.
const LEFT: f64 = SIDE + 32.0;
/// Height of a row.
const ROW: f64 = 22.0;
/// Rows; the other parts are counted.
const ROWS: usize = 11;
/// Width of the column of shares, and of the one of amounts before it.
const COLUMN: f64 = 80.0;

pub(crate) fn draw<'a>(data: &PieData, fonts: &'a Fonts) -> Sheet<'a> {
    let theme = Theme::light();
    let mut ring = Sheet::new(surface(SIDE, SIDE), theme.panel, fonts);
    let plot = data.plot(ring.surface(), theme);
    let area = ring.area();
    // Pixels in memory take everything.
    let _ = plot.draw(&area, None);
    let _ = area.present();
    let mut sheet = Sheet::new(surface(INNER, SIDE), theme.panel, fonts);
    sheet.paste(&ring, (0.0, 0.0));
    let count = data.slices.len();
    let shown = if count > ROWS { ROWS - 1 } else { count };
    let rows = if count > ROWS { ROWS } else { count };
    let top = (SIDE - rows as f64 * ROW).max(0.0) / 2.0;
    let middle = |row: usize| top + row as f64 * ROW + ROW / 2.0;
    for (row, slice) in data.slices.iter().take(shown).enumerate() {
        draw_row(&mut sheet, slice, middle(row), fonts);
    }
    if count > shown {
        let text = format!("+{} more", count - shown);
        let look = Look::new(13.0, theme.axis_text);
        sheet.text(&text, (LEFT + 20.0, middle(shown)), look);
    }
    sheet
}

fn draw_row(sheet: &mut Sheet<'_>, slice: &PieSlice, y: f64, fonts: &Fonts) {
    let theme = Theme::light();
    let text = Look::new(13.0, theme.text);
    let dim = Look::new(13.0, theme.axis_text);
    draw_mark(sheet, Mark::Dot(slice.color(theme)), (LEFT, y));
    let room = INNER - LEFT - 20.0 - 2.0 * COLUMN - 8.0;
    sheet.text(&fonts.fit(&slice.label, text, room), (LEFT + 20.0, y), text);
    for (cell, right, look) in [
        (&slice.text, INNER - COLUMN, text),
        (&slice.share, INNER, dim),
    ] {
        let cell = fonts.fit(cell, look, COLUMN - 8.0);
        sheet.text(&cell, (right - fonts.width(&cell, look), y), look);
    }
}
