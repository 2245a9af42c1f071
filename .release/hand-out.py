"""Turns 说明.md into a page that a double click opens and that prints on two sheets of A4 (with the package markdown).

    python hand-out.py 说明.md 说明.html
"""

import sys

import markdown

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>考核：使用说明</title>
<style>
@page {{ size: A4; margin: 18mm }}
body {{ font: 11.5pt/1.5 SimSun, "Songti SC", "Noto Serif CJK SC", serif; max-width: 174mm; margin: auto }}
h1 {{ font-size: 17pt }} h2 {{ font-size: 13.5pt }} h2 {{ break-after: avoid }}
code {{ font-family: inherit; background: #f0f0f0 }}
table {{ border-collapse: collapse; break-inside: avoid }} td, th {{ border: 1px solid #888; padding: 2px 6px; text-align: left }}
</style></head><body>
{}
</body></html>
"""

source, page = sys.argv[1:]
with open(source, encoding="utf-8") as text:
    body = markdown.markdown(text.read(), extensions=["tables"])
with open(page, "w", encoding="utf-8") as out:
    out.write(PAGE.format(body))
