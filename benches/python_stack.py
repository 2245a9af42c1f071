"""What a Python programmer who knows the fast libraries would write, for comparison only.

    pip install fastexcel polars rustpy-xlsxwriter xlsxwriter
    cargo bench --bench floor -- --python python3

Reads all sheets of a city with fastexcel into polars frames and writes the lists of a run with
rustpy-xlsxwriter, both on two threads. No rules, no validation and no formats: less than the program
does, and so a bound from below for such a script.

As `part4` it is the script that an office would write instead: Part 4 of the Measures alone (but for 4.5, which needs a
memory of the year before), five lists with xlsxwriter, no checks of what is read.

Arguments (the bench gives them): `stack` or `part4`, the city's folder, the folder with the lists' texts, the output folder.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fastexcel
import polars
import rustpy_xlsxwriter
import xlsxwriter

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


def save(name, rows, output):
    book = xlsxwriter.Workbook(str(output / f"{name}.xlsx"))
    sheet = book.add_worksheet()
    cell = book.add_format({"font_name": "仿宋", "font_size": 10, "border": 1, "text_wrap": True, "valign": "vcenter"})
    for at, row in enumerate([HEADER, *rows]):
        sheet.write_row(at, 0, row, cell)
    book.close()


HEADER = ["对象", "编号", "单位", "职务", "处理", "可选方式", "依据", "事实", "委员会意见", "决定方式", "决定日期", "备注"]
# Table of grades, grade, action, options, list, rule.
OF_TEAMS = [
    ("优秀", "表彰奖励", "", "表彰使用名单", "4.1"),
    ("一般", "限期整改", "", "整改整顿名单", "4.3"),
    ("较差", "整顿", "", "整改整顿名单", "4.6"),
]
OF_PRINCIPALS = [("一般", "诫勉谈话", "", "诫勉谈话名单", "4.3"), ("较差", "调整建议", "调整", "调整建议名单", "4.6")]
OF_CADRES = [
    ("优秀", "表彰奖励", "", "表彰使用名单", "4.1"),
    ("基本称职", "诫勉谈话", "", "诫勉谈话名单", "4.4"),
    ("不称职", "调整建议", "免职、责令辞职、降职", "调整建议名单", "4.7"),
]


def part4(city, _, output):
    books = sorted(city.glob("*.xlsx"), key=lambda path: -path.stat().st_size)
    with ThreadPoolExecutor(2) as pool:
        tasks = [(book, sheet) for book in books for sheet in fastexcel.read_excel(book).sheet_names]
        tables = {sheet: one for (_, sheet), one in zip(tasks, pool.map(read, tasks))}
    # A table is known by its sheet, or by its workbook where the sheet is called otherwise.
    tables |= {book.stem: tables[sheet] for book, sheet in tasks}
    teams, cadres = tables["班子名册"], tables["干部名册"]
    year = tables["年度考核_干部"]["年度"].max()
    of_team = tables["年度考核_班子"].filter(polars.col("年度") == year)
    of_cadre = tables["年度考核_干部"].filter(polars.col("年度") == year)
    team_grades = teams.join(of_team.select("单位编号", "考核等次"), on="单位编号", how="left")
    seats = cadres.join(teams.select("单位编号", 单位="单位名称"), on="单位编号", how="left")
    home = seats.unique("干部编号", keep="first", maintain_order=True)
    grades = home.join(of_cadre.select("干部编号", "考核等次", "特别优秀"), on="干部编号", how="left")
    heads = seats.filter(polars.col("班子职务") == "主要负责人")
    led = heads.join(team_grades.select("单位编号", "考核等次"), on="单位编号", how="left")
    lists = {name: [] for name in ["表彰使用名单", "诫勉谈话名单", "整改整顿名单", "调整建议名单", "待定事项"]}

    def propose(frame, grade, name, number, action, options, on, rule):
        for row in frame.filter(grade).iter_rows(named=True):
            fact = f"考核等次：{row['考核等次']}"
            post = row.get("职务") or ""
            lists[on].append([row[name], row[number], row.get("单位") or row.get("单位名称"), post, action, options, f"《办法》第四部分〔规则{rule}〕", fact])

    is_grade = lambda grade: polars.col("考核等次") == grade
    for grade, action, options, on, rule in OF_TEAMS:
        propose(team_grades, is_grade(grade), "单位名称", "单位编号", action, options, on, rule)
    for grade, action, options, on, rule in OF_PRINCIPALS:
        propose(led, is_grade(grade), "姓名", "干部编号", action, options, on, rule)
    for grade, action, options, on, rule in OF_CADRES:
        propose(grades, is_grade(grade), "姓名", "干部编号", action, options, on, rule)
    especially = is_grade("优秀") & (polars.col("特别优秀") == "是")
    propose(grades, especially, "姓名", "干部编号", "优先提拔重用", "提拔、重用", "表彰使用名单", "4.2")
    failed = seats.filter(polars.col("班子职务") == "班子成员").join(of_cadre.filter(is_grade("不称职")), on="干部编号", suffix="_")
    answers = heads.join(failed.select("单位编号", "考核等次"), on="单位编号").unique("干部编号", keep="first", maintain_order=True)
    propose(answers, polars.lit(True), "姓名", "干部编号", "连带责任处理", "约谈、诫勉谈话、调整", "调整建议名单", "4.8")
    unknown = polars.col("考核等次").is_null()
    propose(team_grades, unknown, "单位名称", "单位编号", "待定", "", "待定事项", "4.1、4.3、4.6")
    propose(grades, unknown, "姓名", "干部编号", "待定", "", "待定事项", "4.1、4.2、4.4、4.7")
    for name, rows in lists.items():
        save(name, rows, output)
    print({name: len(rows) for name, rows in lists.items()})


if __name__ == "__main__":
    modes = {"stack": stack, "part4": part4}
    modes[sys.argv[1]](*map(Path, sys.argv[2:5]))
