//! Native charts of 总览, in the same typefaces as the tables.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, Color,
};

use super::layout::Span;
use super::model::{self, ChartKind, Value};

/// Colours whose neighbours stay apart in a black-and-white print: dark and pale by turns.
const COLOURS: [u32; 6] = [0x7B_1F_1F, 0xF2_C4_6D, 0x3F_6A_97, 0xE3_E3_E3, 0x5F_8A_4E, 0xD9_A8_98];
/// Around every bar, so that the pale ones do not vanish on paper.
const OUTLINE: u32 = 0x59_59_59;
/// Excel draws no more series legibly; what is left stays in the table.
const SERIES: usize = 12;

/// Where the chart's numbers stand.
pub struct ChartPlace<'a> {
    pub sheet: &'a str,
    pub header: u32,
    pub from: u32,
    pub to: u32,
}

/// The chart and its height in pixels; none where there is nothing to draw.
pub fn draw(
    chart: &model::Chart,
    spans: &[Span],
    rows: &[Vec<Value<'_>>],
    place: &ChartPlace<'_>,
    page: f64,
) -> Option<(Chart, u32)> {
    if rows.len() as u32 <= chart.without_last || chart.series.is_empty() {
        return None;
    }
    let to = place.to - chart.without_last;
    let mut drawn = Chart::new(match chart.kind {
        ChartKind::Bar => ChartType::Bar,
        ChartKind::Stacked => ChartType::ColumnStacked,
        ChartKind::Clustered => ChartType::Column,
    });
    let several = chart.series.len() > 1;
    let whole = rows.iter().flatten().all(|value| !matches!(value, Value::Share(_) | Value::Exceeded(_)));
    let column = |at: u16| spans.get(usize::from(at)).map(|span| span.first);
    let labels = column(0)?;
    for (index, numbers) in chart.series.iter().take(SERIES).enumerate() {
        let numbers = column(*numbers)?;
        let series = drawn.add_series();
        series
            .set_name((place.sheet, place.header, numbers))
            .set_categories((place.sheet, place.from, labels, to, labels))
            .set_values((place.sheet, place.from, numbers, to, numbers))
            .set_gap(60)
            .set_format(
                ChartFormat::new()
                    .set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(COLOURS[index % COLOURS.len()])))
                    .set_border(ChartLine::new().set_color(Color::RGB(OUTLINE)).set_width(0.5)),
            );
        if chart.kind != ChartKind::Stacked {
            let mut label = ChartDataLabel::new();
            label.show_value().set_font(&font("仿宋", 9));
            series.set_data_label(&label);
        }
    }
    drawn.title().set_name(&chart.title).set_font(&font("黑体", 12));
    if several {
        drawn.legend().set_position(ChartLegendPosition::Bottom).set_font(&font("仿宋", 9));
    } else {
        drawn.legend().set_hidden();
    }
    match chart.kind {
        // Lying bars are read from the top, in the table's order, and carry their numbers themselves.
        // Here the upright axis has the names.
        ChartKind::Bar => {
            drawn.y_axis().set_font(&font("仿宋", 9)).set_reverse();
            drawn.x_axis().set_hidden(true).set_major_gridlines(false);
        }
        ChartKind::Stacked | ChartKind::Clustered => {
            drawn.x_axis().set_font(&font("仿宋", 9));
            drawn.y_axis().set_font(&font("仿宋", 9)).set_num_format(if whole { "0" } else { "0%" }).set_min(0);
        }
    }
    let height = height(chart, rows.len());
    // A hair within the table: what reaches over its last column is printed on a wider page.
    drawn.set_alt_text(&chart.title).set_width(page as u32 - 4).set_height(height);
    Some((drawn, height))
}

/// Its height in pixels, over a table of so many rows.
pub fn height(chart: &model::Chart, rows: usize) -> u32 {
    let shown = (rows as u32).saturating_sub(chart.without_last);
    match chart.kind {
        ChartKind::Bar => 60 + 18 * shown.min(40),
        ChartKind::Stacked | ChartKind::Clustered => 280,
    }
}

fn font(name: &str, size: u16) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(name).set_size(size);
    font
}
