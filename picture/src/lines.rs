//! Lines over time with their legend.

use venti_chart::Theme;
use venti_chart::theme::AXIS_FONT_PX;
use venti_model::time::Zone;
use venti_panel::PlotData;

use crate::legend::{Entry, Legend, Mark};
use crate::sheet::Sheet;
use crate::text::{Fonts, Look};
use crate::{INNER, MOST_LINES, surface};

/// Height of the chart.
const HEIGHT: f64 = 280.0;

pub(crate) fn draw(mut data: PlotData, fonts: &Fonts) -> Sheet<'_> {
    let theme = Theme::light();
    let count = data.frame.series().len();
    for hidden in MOST_LINES..count {
        data.frame.set_hidden(hidden, true);
    }
    let entries = data.frame.visible().map(|(_, it)| Entry {
        name: &it.name,
        mark: Mark::Line(theme.palette.slot(it.slot)),
    });
    let legend = Legend::new(entries, count, fonts);
    let mut chart = Sheet::new(surface(INNER, HEIGHT), theme.panel, fonts);
    if data.frame.is_blank() {
        let look = Look::new(13.0, theme.axis_text);
        let text = "No data in this range";
        let x = (INNER - fonts.width(text, look)) / 2.0;
        chart.text(text, (x, HEIGHT / 2.0), look);
    } else {
        let look = Look::new(AXIS_FONT_PX, theme.axis_text);
        let measure = |text: &str| fonts.width(text, look);
        let plot = data.plot(chart.surface(), theme, Zone::UTC, &measure);
        let area = chart.area();
        // Pixels in memory take everything.
        let _ = plot.draw(&area, &data.frame);
        let _ = area.present();
    }
    let mut sheet = Sheet::new(surface(INNER, HEIGHT + legend.height()), theme.panel, fonts);
    sheet.paste(&chart, (0.0, 0.0));
    legend.draw(&mut sheet, HEIGHT);
    sheet
}
