"""What Spark SQL says of the verdicts that `kaohe sql --dialect spark` writes, on Sail: Spark without a cluster, in process.

    python3 -m venv VENV && VENV/bin/pip install --no-deps --require-hashes -r .ci/spark.txt
    VENV/bin/python benches/spark.py DIR
    VENV/bin/python benches/spark.py --kaohe target/release/kaohe --city CITY [--run annual] [--pack PACK]

The first runs `facts.sql` and `verdicts.sql` of the folder DIR and prints [rule, entity, verdict] as JSON; the test
`spark_confirms_every_verdict_of_the_first_stage` compares that with the program's own verdicts. The second writes a city for
Spark, runs it there, and prints both times beside that of a whole run of the program.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession


def statements(text):
    """One by one: a session takes one at a time. A statement ends with `;` at the end of a line."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [one.strip() for one in text.split(";\n") if one.strip().strip(";")]


def verdicts(folder):
    os.chdir(folder)
    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    _, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    try:
        for name in ("facts.sql", "verdicts.sql"):
            with open(name, encoding="utf-8") as file:
                for statement in statements(file.read()):
                    spark.sql(statement.removesuffix(";")).collect()
        rows = spark.sql("SELECT rule, entity, verdict FROM verdicts").collect()
        return [[row.rule, row.entity, row.verdict] for row in rows]
    finally:
        spark.stop()
        server.stop()


def timed(what, run):
    begun = time.monotonic()
    result = run()
    print(f"{what}: {time.monotonic() - begun:.1f} s", file=sys.stderr)
    return result


def program(arguments):
    done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        sys.exit(done.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--kaohe")
    parser.add_argument("--city")
    parser.add_argument("--run", default="annual")
    parser.add_argument("--pack", default="kunming-2015")
    asked = parser.parse_args()
    if asked.folder:
        print(json.dumps(verdicts(asked.folder), ensure_ascii=False))
        return
    kaohe, city = os.path.abspath(asked.kaohe), os.path.abspath(asked.city)
    with tempfile.TemporaryDirectory() as folder:
        out, result = os.path.join(folder, "sql"), os.path.join(folder, "result")
        write = [kaohe, "sql", city, asked.run, "--output", out, "--dialect", "spark", "--pack", asked.pack]
        timed("kaohe sql", lambda: program(write))
        found = timed("Sail", lambda: verdicts(out))
        timed(f"kaohe {asked.run}", lambda: program([kaohe, asked.run, city, "--output", result, "--pack", asked.pack]))
        counts = {said: sum(1 for row in found if row[2] is said) for said in (True, False, None)}
        print(f"verdicts: {len(found)}, of which true {counts[True]}, false {counts[False]}, unknown {counts[None]}")


main()
