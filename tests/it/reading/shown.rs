//! What the sheet shows: hidden, replaced, rounded values, percentages and parts of dates, in every format.
//!
//! A case is one table whose cells have number formats; it is written as .xlsx, .xlsb, .xls and .ods, and the same has
//! to come of each. A cell is a text, or `~stored~format~seen`: a number, a day or a text with a format of [`FORMATS`], and
//! what a spreadsheet program shows (an .ods holds that, too).

use super::*;
use crate::workbook::biff::{book, brt, brt_cell, brt_row, cell, compound, long, record, wide, xlsb};
use crate::workbook::build::{self, ods};

/// Number formats by their code, and as OpenDocument says the same.
const FORMATS: [(&str, &str); 17] = [
    ("General", ""),
    (
        "0%",
        r#"<number:percentage-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>"#,
    ),
    (
        "0.0%",
        r#"<number:percentage-style style:name="N"><number:number number:decimal-places="1" number:min-decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>"#,
    ),
    (
        "0",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    (
        "0\"分\"",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>分</number:text></number:number-style>"#,
    ),
    (
        "0.0",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="1" number:min-decimal-places="1" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    (
        ";;;",
        r#"<number:text-style style:name="NP0" style:volatile="true"><number:text/></number:text-style><number:number-style style:name="NP1" style:volatile="true"><number:text/></number:number-style><number:text-style style:name="N"><number:text/><style:map style:condition="value()&gt;0" style:apply-style-name="NP1"/><style:map style:condition="value()&lt;0" style:apply-style-name="NP1"/><style:map style:condition="value()=0" style:apply-style-name="NP1"/></number:text-style>"#,
    ),
    (
        "0;-0;;@",
        r#"<number:number-style style:name="NP0" style:volatile="true"><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style><number:number-style style:name="NP1" style:volatile="true"><number:text>-</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style><number:number-style style:name="NP2" style:volatile="true"><number:text/></number:number-style><number:text-style style:name="N"><number:text-content/><style:map style:condition="value()&gt;0" style:apply-style-name="NP0"/><style:map style:condition="value()&lt;0" style:apply-style-name="NP1"/><style:map style:condition="value()=0" style:apply-style-name="NP2"/></number:text-style>"#,
    ),
    (
        ";;;\"不\"@",
        r#"<number:number-style style:name="NP1" style:volatile="true"><number:text/></number:number-style><number:text-style style:name="N"><number:text>不</number:text><number:text-content/><style:map style:condition="value()&gt;0" style:apply-style-name="NP1"/><style:map style:condition="value()&lt;0" style:apply-style-name="NP1"/><style:map style:condition="value()=0" style:apply-style-name="NP1"/></number:text-style>"#,
    ),
    (
        "\"K\"0",
        r#"<number:number-style style:name="N"><number:text>K</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    (
        "000",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="3"/></number:number-style>"#,
    ),
    (
        "0\"年\"",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>年</number:text></number:number-style>"#,
    ),
    ("yyyy", r#"<number:date-style style:name="N"><number:year number:style="long"/></number:date-style>"#),
    (
        "yyyy\"年\"",
        r#"<number:date-style style:name="N"><number:year number:style="long"/><number:text>年</number:text></number:date-style>"#,
    ),
    (
        "yyyy\"年\"m\"月\"",
        r#"<number:date-style style:name="N"><number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text></number:date-style>"#,
    ),
    (
        "yyyy-mm-dd",
        r#"<number:date-style style:name="N"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>"#,
    ),
    (
        "m\"月\"d\"日\"",
        r#"<number:date-style style:name="N"><number:month/><number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>"#,
    ),
];

/// The endings of the formats that can hold such cells.
const ENDINGS: [&str; 4] = ["xlsx", "xlsb", "xls", "ods"];

/// A cell of a case.
enum Cell<'c> {
    Text(&'c str),
    Number(f64),
    /// A day with the time, by its serial.
    Day(f64),
}

/// What stands in a cell, its format by its place in [`FORMATS`], and what is seen of it; none for a blank.
fn parse(cell: &str) -> Option<(Cell<'_>, usize, &str)> {
    let Some(styled) = cell.strip_prefix('~') else {
        return (!cell.is_empty()).then_some((Cell::Text(cell), 0, cell));
    };
    let mut parts = styled.split('~');
    let (stored, code, seen) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or_default());
    let format = FORMATS.iter().position(|(known, _)| *known == code).unwrap_or_else(|| panic!("no format {code}"));
    let content = match (stored.parse(), NaiveDate::parse_from_str(stored, "%Y-%m-%d")) {
        (Ok(number), _) => Cell::Number(number),
        (_, Ok(day)) => Cell::Day((day - NaiveDate::from_ymd_opt(1899, 12, 30).unwrap()).num_days() as f64),
        _ => Cell::Text(stored),
    };
    Some((content, format, seen))
}

type Grid<'c> = Vec<Vec<Option<(Cell<'c>, usize, &'c str)>>>;

fn grid(content: &str) -> Grid<'_> {
    content.lines().map(|line| line.trim_matches(' ').split('|').map(parse).collect()).collect()
}

fn bytes(ending: &str, grid: &Grid<'_>) -> Vec<u8> {
    match ending {
        "xlsx" => xlsx(grid),
        "xlsb" => binary(grid),
        "xls" => old(grid),
        _ => open_document(grid),
    }
}

/// The filled cells with their row and column.
fn cells<'g, 'c>(grid: &'g Grid<'c>) -> impl Iterator<Item = (usize, usize, &'g (Cell<'c>, usize, &'c str))> {
    let rows = grid.iter().enumerate();
    rows.flat_map(|(row, cells)| {
        cells.iter().enumerate().filter_map(move |(column, cell)| Some((row, column, cell.as_ref()?)))
    })
}

fn xlsx(grid: &Grid<'_>) -> Vec<u8> {
    let mut made = Workbook::new();
    let sheet = made.add_worksheet().set_name("表").unwrap();
    for (row, column, (content, format, _)) in cells(grid) {
        let (row, column) = (row as u32, column as u16);
        let format = Format::new().set_num_format(FORMATS[*format].0);
        match content {
            Cell::Text(text) => drop(sheet.write_string_with_format(row, column, *text, &format).unwrap()),
            Cell::Number(number) | Cell::Day(number) => {
                let _ = sheet.write_number_with_format(row, column, *number, &format).unwrap();
            }
        }
    }
    made.save_to_buffer().unwrap()
}

fn binary(grid: &Grid<'_>) -> Vec<u8> {
    let id = |at: usize| u16::try_from(if at == 0 { 0 } else { 170 + at }).unwrap();
    let count = |count: usize| u32::try_from(count).unwrap().to_le_bytes();
    let codes = FORMATS.iter().enumerate().skip(1);
    let codes = codes.flat_map(|(at, (code, _))| brt(0x2C, &[&id(at).to_le_bytes()[..], &long(code)].concat()));
    let styles = (0..FORMATS.len()).flat_map(|at| {
        let mut content = vec![0; 16];
        content[2..4].copy_from_slice(&id(at).to_le_bytes());
        brt(0x2F, &content)
    });
    let styles = [
        brt(0x267, &count(FORMATS.len() - 1)),
        codes.collect(),
        brt(0x268, &[]),
        brt(0x269, &count(FORMATS.len())),
        styles.collect(),
        brt(0x26A, &[]),
    ];
    let mut records = Vec::new();
    let mut last = None;
    for (row, column, (content, format, _)) in cells(grid) {
        if last.replace(row) != Some(row) {
            records.push(brt_row(row as u32));
        }
        records.push(match content {
            Cell::Text(text) => brt_cell(6, column as u32, *format as u32, &long(text)),
            Cell::Number(number) | Cell::Day(number) => {
                brt_cell(5, column as u32, *format as u32, &number.to_le_bytes())
            }
        });
    }
    xlsb(&records, &[]).with("xl/styles.bin", styles.concat()).zip()
}

fn old(grid: &Grid<'_>) -> Vec<u8> {
    let id = |at: usize| u16::try_from(if at == 0 { 0 } else { 170 + at }).unwrap();
    let mut front = Vec::new();
    for (at, (code, _)) in FORMATS.iter().enumerate().skip(1) {
        front.push(record(0x041E, &[&id(at).to_le_bytes()[..], &wide(code)].concat()));
    }
    for at in 0..FORMATS.len() {
        let mut content = vec![0; 20];
        content[2..4].copy_from_slice(&id(at).to_le_bytes());
        front.push(record(0x00E0, &content));
    }
    let records: Vec<u8> = cells(grid)
        .flat_map(|(row, column, (content, format, _))| {
            let (row, column, format) = (row as u16, column as u16, *format as u16);
            match content {
                Cell::Text(text) => cell(0x0204, row, column, format, &wide(text)),
                Cell::Number(number) | Cell::Day(number) => cell(0x0203, row, column, format, &number.to_le_bytes()),
            }
        })
        .collect();
    compound(&[("Workbook", &book(&front, &[("表", 0, &records)]))])
}

fn open_document(grid: &Grid<'_>) -> Vec<u8> {
    let styles: String = FORMATS
        .iter()
        .enumerate()
        .map(|(at, (_, style))| {
            let style = style.replace("=\"N", &format!("=\"N{at}x"));
            format!(
                r#"{style}<style:style style:name="ce{at}" style:family="table-cell" style:data-style-name="N{at}x"/>"#
            )
        })
        .collect();
    let mut rows = String::new();
    for cells in grid {
        rows.push_str("<table:table-row>");
        for cell in cells {
            let Some((content, format, seen)) = cell else {
                rows.push_str("<table:table-cell/>");
                continue;
            };
            let value = match content {
                Cell::Text(text) => format!(r#"office:value-type="string" office:string-value="{text}""#),
                Cell::Number(number) if FORMATS[*format].0.contains('%') => {
                    format!(r#"office:value-type="percentage" office:value="{number}""#)
                }
                Cell::Number(number) => format!(r#"office:value-type="float" office:value="{number}""#),
                Cell::Day(serial) => {
                    let day = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap() + chrono::Days::new(*serial as u64);
                    format!(r#"office:value-type="date" office:date-value="{day}""#)
                }
            };
            let _ = write!(
                rows,
                r#"<table:table-cell table:style-name="ce{format}" {value}><text:p>{seen}</text:p></table:table-cell>"#
            );
        }
        rows.push_str("</table:table-row>");
    }
    let made = ods(&rows);
    let content = made.0.iter().find(|(name, _)| name == "content.xml").unwrap().1.clone();
    let content = String::from_utf8(content).unwrap();
    let content = content
        .replace("xmlns:style=", "xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" xmlns:style=")
        .replace("<office:automatic-styles>", &format!("<office:automatic-styles>{styles}"));
    made.with("content.xml", content).zip()
}

/// The same comes of the tables in every format; files are called by their name without an ending.
#[track_caller]
fn check_formats(options: &Options, tables: &[(&str, &str)], expected: Expect) {
    let told = ENDINGS.map(|ending| {
        let folder = tempfile::tempdir().unwrap();
        if options.city {
            write(folder.path(), &CITY);
        }
        for (name, content) in tables {
            std::fs::write(folder.path().join(format!("{name}.{ending}")), bytes(ending, &grid(content))).unwrap();
        }
        told(read_folder(folder.path(), options)).replace(&format!(".{ending}!"), "!")
    });
    expected.assert_eq(&told[0]);
    for (ending, told) in ENDINGS.iter().zip(&told) {
        assert_eq!(*told, told[..], "{ending}");
    }
}

#[test]
fn a_percentage_in_a_column_of_numbers_is_an_issue_as_shown() {
    check_formats(
        &Options::default(),
        &[(
            "a",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~0.9~0%~90%|好
             2015|市委目督办|U2|~0.9~0.0%~90.0%|好
             2015|市委目督办|U3|90%|好
             2015|市政府目督办|U1|90％|好
             2015|市政府目督办|U2|~90~0~90|好",
        )],
        expect![[r#"
            a!表 半年考核_班子 5 = 1 + 4 + 0
            ✗ BadNumber a!表!D2 目标完成得分「90%」
                目标完成得分「90%」（实际存放0.9）不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a!表!D3 目标完成得分「90.0%」
                目标完成得分「90.0%」（实际存放0.9）不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a!表!D4 目标完成得分「90%」
                目标完成得分「90%」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a!表!D5 目标完成得分「90％」
                目标完成得分「90％」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
        "#]],
    );
}

#[test]
fn a_number_that_its_format_hides_or_replaces_is_an_issue_in_every_kind_of_column() {
    check_formats(
        &Options::default(),
        &[
            (
                "a",
                "年度|考核部门|单位编号|目标完成得分|工作落实评价|相关责任领导
                 2015|市委目督办|U1|~0~0;-0;;@~|好|
                 2015|市委目督办|U2|~85~;;;~|~1~;;;~|~2~;;;~
                 ~2015~;;;~|市政府目督办|U1|~85~0\"分\"~85分|好|",
            ),
            (
                "b",
                "谈话日期|谈话类型|干部编号|所属年度
                 ~42179~;;;~|约谈|K2|2015
                 2015-06-24|约谈|~2~\"K\"0~K2|2015
                 2015-06-24|约谈|~2~000~002|~2015~0\"年\"~2015年",
            ),
        ],
        expect![[r#"
            a!表 半年考核_班子 3 = 0 + 3 + 0
            b!表 谈话记录 3 = 0 + 3 + 0
            ✗ NotAsShown a!表!D2 目标完成得分「0」
                目标完成得分显示为空白，实际存有「0」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a!表!D3 目标完成得分「85」
                目标完成得分显示为空白，实际存有「85」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a!表!E3 工作落实评价「1」
                工作落实评价显示为空白，实际存有「1」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a!表!F3 相关责任领导「2」
                相关责任领导显示为空白，实际存有「2」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a!表!A4 年度「2015」
                年度显示为空白，实际存有「2015」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown b!表!A2 谈话日期「42179」
                谈话日期显示为空白，实际存有「42179」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown b!表!C3 干部编号「K2」
                干部编号显示为「K2」，实际存放的却是「2」：由数字格式改换了
                请把单元格改为常规或文本格式，再照应有的内容填写
            ✗ NotAsShown b!表!C4 干部编号「002」
                干部编号显示为「002」，实际存放的却是「2」：由数字格式改换了
                请把单元格改为常规或文本格式，再照应有的内容填写
        "#]],
    );
}

#[test]
fn what_is_hidden_rejects_a_register_s_row_whatever_the_column() {
    check_formats(
        &Options { city: false, ..Options::default() },
        &[
            ("a", "单位编号|单位名称|单位类别|简称\nU1|盘龙区|县区|\nU2|审计局|市级部门|~1~;;;~"),
            (
                "b",
                "干部编号|姓名|单位编号|职务|班子职务|党务干部|任现职时间
                 K1|张三|U1|区长|主要负责人|~1~;;;~|2012.03
                 K2|李四|U1|副区长|班子成员|对|~2012-03-15~yyyy\"年\"m\"月\"~2012年3月
                 K3|王五|U1|副区长|班子成员|是|~2012-03-15~yyyy~2012",
            ),
        ],
        expect![[r#"
            a!表 班子名册 2 = 1 + 1 + 0
            b!表 干部名册 3 = 2 + 1 + 0
            ✗ NotAsShown a!表!D3 简称「1」
                简称显示为空白，实际存有「1」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown b!表!F2 党务干部「1」
                党务干部显示为空白，实际存有「1」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ! NotInSet b!表!F3 党务干部「对」
                党务干部「对」不在规定的取值之内，应为「是」「否」之一；按空白处理
                请改填「是」「否」之一
            ! BadDate b!表!G4 任现职时间「2012」
                任现职时间「2012」不是有效的年月；按空白处理
                请填写年月，例如2012.03（以文本填写），或填写日期
        "#]],
    );
}

#[test]
fn a_number_shown_rounded_counts_as_stored_and_warns_across_a_line() {
    check_formats(
        &Options::default(),
        &[(
            "a",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~59.6~0~60|好
             2015|市委目督办|U2|~60.4~0~60|好
             2015|市委目督办|U3|~59.96~0.0~60.0|好
             2015|市政府目督办|U1|~59.6~0\"分\"~60分|好
             2015|市政府目督办|U2|~59.4~0~59|好
             2014|市政府目督办|U3|~59.6~0~60|好",
        )],
        expect![[r#"
            a!表 半年考核_班子 6 = 5 + 0 + 1
            ! ShownRounded a!表!D2 目标完成得分「60」
                目标完成得分显示为60，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ! ShownRounded a!表!D4 目标完成得分「60.0」
                目标完成得分显示为60.0，实为59.96，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.96计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ! ShownRounded a!表!D5 目标完成得分「60分」
                目标完成得分显示为60分，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
        "#]],
    );
}

#[test]
fn parts_of_dates_are_what_they_show() {
    check_formats(
        &Options::default(),
        &[(
            "a",
            "谈话日期|谈话类型|干部编号|所属年度
                 ~2015-06-24~yyyy-mm-dd~2015-06-24|约谈|K1|~2015-03-01~yyyy~2015
                 ~2015-06-24~m\"月\"d\"日\"~6月24日|约谈|K2|~2015-12-31~yyyy\"年\"~2015年
                 ~2015-06-24~yyyy\"年\"m\"月\"~2015年6月|约谈|K3|2015
                 2015年6月|约谈|K4|2015
                 ~2015-06-24~yyyy~2015|约谈|K5|2015
                 2015-06-24|约谈|K5|~2015-06-24~yyyy-mm-dd~2015-06-24",
        )],
        expect![[r#"
            a!表 谈话记录 6 = 2 + 4 + 0
            ✗ BadDate a!表!A4 谈话日期「2015年6月」
                谈话日期「2015年6月」不是有效的日期
                请填写实际存在的日期，例如2015-06-24
            ✗ BadDate a!表!A5 谈话日期「2015年6月」
                谈话日期「2015年6月」不是有效的日期
                请填写实际存在的日期，例如2015-06-24
            ✗ BadDate a!表!A6 谈话日期「2015」
                谈话日期「2015」不是有效的日期
                请填写实际存在的日期，例如2015-06-24
            ✗ BadDate a!表!D7 所属年度「2015-06-24」
                所属年度「2015-06-24」不是年份
                请填写四位数的年份，例如2015
        "#]],
    );
}

#[test]
fn a_text_that_its_format_hides_or_replaces_is_an_issue_too() {
    check_formats(
        &Options::default(),
        &[(
            "a",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价|相关责任领导
             2015|市委目督办|U1|85|~较差~;;;~|
             2015|市委目督办|U2|85|~好~;;;\"不\"@~不好|~K2~;;;~
             2015|市委目督办|~U3~;;;~|85|好|
             2015|市政府目督办|U3|~90~0;-0;;@~90|~好~0;-0;;@~好|~~;;;~",
        )],
        expect![[r#"
            a!表 半年考核_班子 4 = 1 + 3 + 0
            ✗ NotAsShown a!表!E2 工作落实评价「较差」
                工作落实评价显示为空白，实际存有「较差」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a!表!E3 工作落实评价「不好」
                工作落实评价显示为「不好」，实际存放的却是「好」：由数字格式改换了
                请把单元格改为常规或文本格式，再照应有的内容填写
            ✗ NotAsShown a!表!F3 相关责任领导「K2」
                相关责任领导显示为空白，实际存有「K2」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a!表!C4 单位编号「U3」
                单位编号显示为空白，实际存有「U3」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
        "#]],
    );
}

#[test]
fn a_column_of_percentages_takes_them_shown_and_typed() {
    let options = Options { percent: true, ..Options::default() };
    check_formats(
        &options,
        &[(
            "a",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~0.9~0%~90%|好
             2015|市委目督办|U2|90%|好
             2015|市委目督办|U3| 90.5 ％|好
             2015|市政府目督办|U1|~0.596~0%~60%|好
             2015|市政府目督办|U2|~1.2~0%~120%|好
             2015|市政府目督办|U3|9 0%|好",
        )],
        expect![[r#"
            a!表 半年考核_班子 6 = 4 + 2 + 0
            ! ShownRounded a!表!D5 目标完成得分「60%」
                目标完成得分显示为60%，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ✗ BadNumber a!表!D6 目标完成得分「120%」
                目标完成得分「120%」（实际存放1.2）超出范围，应为0至100之间的数字
                请核对后填写0至100之间的数字
            ✗ BadNumber a!表!D7 目标完成得分「9 0%」
                目标完成得分「9 0%」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
        "#]],
    );
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    let scores = "年度|考核部门|单位编号|目标完成得分|工作落实评价
         2015|市委目督办|U1|~0.9~0%~90%|好
         2015|市委目督办|U2|90%|好
         2015|市委目督办|U3|~90~General~90|好";
    std::fs::write(folder.path().join("a.xlsx"), bytes("xlsx", &grid(scores))).unwrap();
    let dataset = read_folder(folder.path(), &options).unwrap();
    let scores = dataset.tables[2].frame.column("目标完成得分").unwrap();
    assert_eq!(scores.f64().unwrap().iter().collect::<Vec<_>>(), [Some(90.0); 3]);
}

#[test]
fn serials_of_an_ods_count_from_its_own_null_date_and_a_zone_changes_no_day() {
    let row = |value: &str, id: &str| {
        let text = |text: &str| {
            format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
        };
        format!("<table:table-row><table:table-cell {value}/>{}{}</table:table-row>", text("约谈"), text(id))
    };
    let head = r#"<table:table-row><table:table-cell office:value-type="string"><text:p>谈话日期</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>谈话类型</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>干部编号</text:p></table:table-cell></table:table-row>"#;
    for (null, serial) in
        [("", 42_179), ("1899-12-30", 42_179), ("1900-01-01", 42_177), ("1904-01-01T00:00:00", 40_717)]
    {
        let mut rows = row(&format!(r#"office:value-type="float" office:value="{serial}""#), "K1");
        for (at, written) in
            ["2015-06-24T23:30:00+08:00", "2015-06-24T00:30:00-0800", "2015-06-24T23:30:00.5Z"].iter().enumerate()
        {
            rows +=
                &row(&format!(r#"office:value-type="date" office:date-value="{written}""#), &format!("K{}", at + 2));
        }
        let settings = if null.is_empty() {
            String::new()
        } else {
            format!(
                r#"<table:calculation-settings><table:null-date table:date-value="{null}"/></table:calculation-settings>"#
            )
        };
        let made = build::ods_content(&format!(r#"{settings}<table:table table:name="表">{head}{rows}</table:table>"#));
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &CITY);
        std::fs::write(folder.path().join("a.ods"), made.zip()).unwrap();
        let dataset = read_folder(folder.path(), &Options::default()).unwrap();
        assert!(dataset.findings.is_empty(), "{null}: {:?}", dataset.findings);
        let days = dataset.tables[8].frame.column("谈话日期").unwrap();
        let days = days.cast(&polars::prelude::DataType::String).unwrap();
        assert_eq!(days.str().unwrap().iter().collect::<Vec<_>>(), [Some("2015-06-24"); 4], "{null}");
    }
}
