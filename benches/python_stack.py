"""What a Python programmer who knows the fast libraries would write, for comparison only.

    pip install fastexcel polars rustpy-xlsxwriter xlsxwriter
    cargo bench --bench floor -- --python python3

Reads all sheets of a city with fastexcel into polars frames and writes the lists of a run with
rustpy-xlsxwriter, both on two threads. No rules, no validation and no formats: less than the program
does, and so a bound from below for such a script.

As `part4` it is the script that an office would write instead: Part 4 of the Measures alone (but for 4.5, which needs a
memory of the year before), five lists with xlsxwriter that a committee could answer (a line each for subject and action,
with its source cells, choices and the register's columns, in the register's order), no checks of what is read.

Arguments (the bench gives them): `stack` or `part4`, the city's folder, the folder with the lists' texts, the output folder.
"""

import sys
import time
from datetime import date
from hashlib import sha256
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fastexcel
import polars
import rustpy_xlsxwriter
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

CELL, ROW, NUMBER = "\x1f", "\x1e", "\x02"


def read(task):
    path, sheet = task
    return fastexcel.read_excel(path).load_sheet(sheet, header_row=0).to_polars()


def frame(path):
    rows = [row.split(CELL) for row in path.read_text(encoding="utf-8").split(ROW)]
    width = max(len(row) for row in rows)
    columns = []
    for column in range(width):
        cells = [row[column].lstrip(NUMBER) if column < len(row) else "" for row in rows]
        columns.append(polars.Series(f"列{column + 1}", [cell or None for cell in cells], dtype=polars.String))
    return polars.DataFrame(columns)


def write(name, lists, output):
    rustpy_xlsxwriter.write_worksheet(lists[name], str(output / f"{name}.xlsx"))


def stack(city, texts, output):
    books = sorted(city.glob("*.xlsx"), key=lambda path: -path.stat().st_size)
    lists = {path.name: frame(path) for path in sorted(texts.iterdir(), key=lambda path: -path.stat().st_size)}
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        tasks = [(book, sheet) for book in books for sheet in fastexcel.read_excel(book).sheet_names]
        frames = list(pool.map(read, tasks))
        list(pool.map(lambda name: write(name, lists, output), lists))
    print("seconds", time.perf_counter() - start)
    print(sum(one.height * one.width for one in frames), "cells,", len(lists), "sheets")


# Of every list; machine columns come last, outside the print area.
HEADER = ["序号", "对象", "单位", "职务", "管理权限", "处理", "可选方式", "依据", "事实", "提示"]
ANSWERS = ["委员会意见", "决定方式", "决定日期", "备注"]
MACHINE = ["编号", "处理编号", "来源", "核对码"]
OPINIONS = ["同意", "不同意", "缓议", "变更"]
WIDTHS = [5, 9, 16, 14, 7, 11, 16, 18, 26, 20, 9, 11, 12, 12, 11, 28, 36, 19]
# List, answer columns of its own.
LISTS = {"表彰使用名单": [], "诫勉谈话名单": [], "整改整顿名单": ["整改期限", "整改结果"], "调整建议名单": []}
PENDING = ["序号", "对象", "编号", "单位", "职务", "待定事由", "缺少的事实", "怎么办", "来源", "规则"]
# Grade, action, options, list, rule.
OF_TEAMS = [
    ("优秀", "表彰奖励", [], "表彰使用名单", "4.1"),
    ("一般", "限期整改", [], "整改整顿名单", "4.3"),
    ("较差", "整顿", [], "整改整顿名单", "4.6"),
]
OF_PRINCIPALS = [("一般", "诫勉谈话", [], "诫勉谈话名单", "4.3"), ("较差", "调整建议", ["调整"], "调整建议名单", "4.6")]
OF_CADRES = [
    ("优秀", "表彰奖励", [], "表彰使用名单", "4.1"),
    ("基本称职", "诫勉谈话", [], "诫勉谈话名单", "4.4"),
    ("不称职", "调整建议", ["免职", "责令辞职", "降职"], "调整建议名单", "4.7"),
]
OPTIONS = ["提拔", "重用", "约谈", "诫勉谈话", "调整", "岗位调整", "免职", "责令辞职", "降职"]
ADVERSE = {"诫勉谈话", "限期整改", "整顿", "调整建议", "连带责任处理"}


def book_of(name, header, widths, output):
    book = xlsxwriter.Workbook(str(output / f"{name}.xlsx"))
    sheet = book.add_worksheet()
    base = {"font_name": "仿宋", "font_size": 10, "border": 1, "text_wrap": True, "valign": "vcenter"}
    bold, cell = book.add_format(base | {"bold": True, "bg_color": "#E7E6E6"}), book.add_format(base)
    answer = book.add_format(base | {"locked": False, "bg_color": "#FFF9E6", "num_format": "yyyy-mm-dd"})
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    sheet.merge_range(0, 0, 0, len(header) - 1, f"2015年度考核{name}", book.add_format({"bold": True, "font_size": 16, "align": "center"}))
    sheet.write_row(1, 0, header, bold)
    sheet.freeze_panes(2, 2)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return book, sheet, cell, answer


def save(name, lines, output):
    extra = LISTS[name]
    header = HEADER + ANSWERS + extra + MACHINE
    book, sheet, cell, answer = book_of(name, header, WIDTHS[:14] + [12] * len(extra) + WIDTHS[14:], output)
    first, last = len(HEADER), len(HEADER) + len(ANSWERS) + len(extra)
    choices = {}
    for at, line in enumerate(lines):
        row = at + 2
        sheet.write_number(row, 0, at + 1, cell)
        sheet.write_row(row, 1, line["read"], cell)
        for column in range(first, last):
            sheet.write_blank(row, column, None, answer)
        sheet.write_row(row, last, line["machine"], cell)
        choices.setdefault(tuple(line["options"]) or (line["action"],), []).append(row)
    end = len(lines) + 1
    if lines:
        sheet.data_validation(2, first, end, first, {"validate": "list", "source": OPINIONS})
        sheet.data_validation(2, first + 2, end, first + 2, {"validate": "date", "criteria": ">", "value": date(2000, 1, 1)})
        for words, rows in choices.items():
            cells = " ".join(f"{xl_rowcol_to_cell(row, first + 1)}" for row in rows)
            sheet.data_validation(rows[0], first + 1, rows[0], first + 1, {"validate": "list", "source": list(words), "error_type": "warning", "multi_range": cells})
    sheet.autofilter(1, 0, max(end, 2), len(header) - 1)
    sheet.print_area(0, 0, max(end, 2), last - 1)
    sheet.protect("", {"autofilter": True, "format_columns": True})
    book.close()


def save_pending(rows, output):
    book, sheet, cell, _ = book_of("待定事项", PENDING, [5, 9, 11, 16, 14, 34, 14, 30, 30, 18], output)
    for at, row in enumerate(rows):
        sheet.write_number(at + 2, 0, at + 1, cell)
        sheet.write_row(at + 2, 1, row, cell)
    book.close()


def part4(city, _, output):
    books = sorted(city.glob("*.xlsx"), key=lambda path: -path.stat().st_size)
    with ThreadPoolExecutor(2) as pool:
        tasks = [(book, sheet) for book in books for sheet in fastexcel.read_excel(book).sheet_names]
        frames = zip(tasks, pool.map(read, tasks))
        tables = {}
        for (book, sheet), one in frames:
            # Rows as they stand in the sheet, under one line of header. A table is known by its sheet, or by its workbook
            # where the sheet is called otherwise.
            source = polars.format(f"{book.name}!{sheet}!{{}}{{}}", polars.lit("@"), polars.col("行"))
            one = one.with_row_index("行", offset=2).with_columns(来源=source)
            tables[sheet] = tables[book.stem] = one
    teams, cadres = tables["班子名册"].with_row_index("班子序"), tables["干部名册"].with_row_index("干部序")
    year = tables["年度考核_干部"]["年度"].max()
    graded = ["考核等次", "等次来源"]
    of = lambda name: tables[name].filter(polars.col("年度") == year).with_columns(
        等次来源=polars.col("来源").str.replace("@", "ABCDEFGHIJ"[tables[name].columns.index("考核等次") - 1], literal=True)
    )
    of_team, of_cadre = of("年度考核_班子"), of("年度考核_干部")
    team_grades = teams.join(of_team.select("单位编号", *graded), on="单位编号", how="left")
    seats = cadres.join(teams.select("单位编号", "班子序", 单位="单位名称"), on="单位编号", how="left")
    home = seats.unique("干部编号", keep="first", maintain_order=True)
    grades = home.join(of_cadre.select("干部编号", *graded, "特别优秀"), on="干部编号", how="left")
    heads = seats.filter(polars.col("班子职务") == "主要负责人")
    led = heads.join(team_grades.select("单位编号", *graded), on="单位编号", how="left")
    posts = seats.group_by("干部编号").agg(polars.col("单位"), polars.col("职务"))
    posts = {number: ("、".join(units), "、".join(post or "" for post in held)) for number, units, held in posts.iter_rows()}
    lines = {}

    def propose(frame, grade, kind, action, options, on, rule, capacity=""):
        for row in frame.filter(grade).iter_rows(named=True):
            number, name = (row["单位编号"], row["单位名称"]) if kind == "T" else (row["干部编号"], row["姓名"])
            unit, post = (name, "") if kind == "T" else posts[number]
            authority = "" if kind == "T" else row["干部管理权限"]
            fact = f"{capacity.format(**row)}年度考核等次：{row['考核等次']}"
            place = (row["班子序"], 0 if kind == "T" else row["干部序"] + 1)
            line = lines.setdefault((action, kind, number), {
                "action": action, "on": on, "place": place, "who": (name, unit, post, authority), "number": number,
                "kind": kind, "options": [], "rules": [], "facts": [], "sources": [],
            })
            line["options"] = [one for one in OPTIONS if one in line["options"] or one in options]
            line["rules"] += [rule] if rule not in line["rules"] else []
            line["facts"].append(fact)
            line["sources"].append(row["等次来源"])

    is_grade = lambda grade: polars.col("考核等次") == grade
    for grade, action, options, on, rule in OF_TEAMS:
        propose(team_grades, is_grade(grade), "T", action, options, on, rule)
    for grade, action, options, on, rule in OF_PRINCIPALS:
        propose(led, is_grade(grade), "C", action, options, on, rule, "本人为主要负责人，{单位}的")
    for grade, action, options, on, rule in OF_CADRES:
        propose(grades, is_grade(grade), "C", action, options, on, rule)
    especially = is_grade("优秀") & (polars.col("特别优秀") == "是")
    propose(grades, especially, "C", "优先提拔重用", ["提拔", "重用"], "表彰使用名单", "4.2")
    member = seats.filter(polars.col("班子职务") == "班子成员").select("单位编号", "干部编号", 成员="姓名")
    failed = member.join(of_cadre.filter(is_grade("不称职")).select("干部编号", *graded), on="干部编号")
    answers = heads.join(failed.select("单位编号", "成员", *graded), on="单位编号")
    propose(answers, polars.lit(True), "C", "连带责任处理", ["约谈", "诫勉谈话", "调整"], "调整建议名单", "4.8", "本人为主要负责人，{成员}的")

    struck = {(kind, number) for action, kind, number in lines if action in ADVERSE}
    lists = {name: [] for name in LISTS}
    for line in sorted(lines.values(), key=lambda line: line["place"]):
        action, number, options = line["action"], line["number"], "、".join(line["options"])
        grounds = [f"《办法》第四部分〔规则{rule}〕" for rule in line["rules"]]
        facts = line["facts"] if len(line["facts"]) == 1 else [f"（{at}）{fact}" for at, fact in enumerate(line["facts"], 1)]
        hint = "并存不利情形" if action not in ADVERSE and (line["kind"], number) in struck else ""
        code = sha256("|".join([number, action, options, *line["rules"], *line["facts"]]).encode()).hexdigest()[:16].upper()
        line["read"] = [*line["who"], action, options, "；\n".join(grounds), "；\n".join(facts), hint]
        line["machine"] = [number, f"{year:.0f}-A-{action}-{line['kind']}-{number}", "；".join(line["sources"]), code]
        lists[line["on"]].append(line)
    unknown, pending = polars.col("考核等次").is_null(), []
    remedy = "请市委组织部在《{}》中补齐「考核等次」"
    for row in team_grades.filter(unknown).iter_rows(named=True):
        text = remedy.format("年度考核_班子")
        source = row["来源"].replace("@", "A")
        pending.append((row["班子序"], 0, [row["单位名称"], row["单位编号"], row["单位名称"], "", "年度考核等次未知", "「考核等次」", text, source, "4.1、4.3、4.6"]))
    for row in grades.filter(unknown).iter_rows(named=True):
        unit, post = posts[row["干部编号"]]
        text = remedy.format("年度考核_干部")
        source = row["来源"].replace("@", "A")
        pending.append((row["班子序"], row["干部序"] + 1, [row["姓名"], row["干部编号"], unit, post, "年度考核等次未知", "「考核等次」", text, source, "4.1、4.2、4.4、4.7、4.8"]))
    for name, rows in lists.items():
        save(name, rows, output)
    save_pending([row for *_, row in sorted(pending, key=lambda one: one[:2])], output)
    print({name: len(rows) for name, rows in lists.items()}, len(pending))


if __name__ == "__main__":
    modes = {"stack": stack, "part4": part4}
    modes[sys.argv[1]](*map(Path, sys.argv[2:5]))
