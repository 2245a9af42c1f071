"""What a Python programmer who knows the fast libraries would write, for comparison only.

    pip install fastexcel polars rustpy-xlsxwriter
    cargo bench --bench floor -- --python python3

Reads all sheets of a city with fastexcel into polars frames and writes the lists of a run with
rustpy-xlsxwriter, both on two threads. No rules, no validation and no formats: less than the program
does, and so a bound from below for such a script.

Arguments (the bench gives them): the city's folder, the folder with the lists' texts, the output folder.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fastexcel
import polars
import rustpy_xlsxwriter

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


def main(city, texts, output):
    books = sorted(city.glob("*.xlsx"), key=lambda path: -path.stat().st_size)
    lists = {path.name: frame(path) for path in sorted(texts.iterdir(), key=lambda path: -path.stat().st_size)}
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        tasks = [(book, sheet) for book in books for sheet in fastexcel.read_excel(book).sheet_names]
        frames = list(pool.map(read, tasks))
        list(pool.map(lambda name: write(name, lists, output), lists))
    print("seconds", time.perf_counter() - start)
    print(sum(one.height * one.width for one in frames), "cells,", len(lists), "sheets")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
