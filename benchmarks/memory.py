"""How much memory each reader takes, of files of many items and of monstrous ones. README.md tells the method.

.venv/bin/python benchmarks/memory.py --cases many --size 20 --again 60
.venv/bin/python benchmarks/memory.py --formats wxr,csv --size 200
.venv/bin/python benchmarks/memory.py --each 4 --size 40
"""

import argparse
import contextlib
import io
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from huge_files import FILES, MANY, SHAPES, cases, make  # noqa: E402

MEGABYTE = 1_000_000
MOST_MEGABYTES = 300
# What is refused or cut is not taken in: it takes no longer than to read it.
MOST_SECONDS_FOR_200_MB = 5
HEAD = ["file", "case", "MB", "seconds", "memory, MB", "created", "refused", "marks", "first problem"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=200, help="how many MB a file has")
    parser.add_argument("--again", type=int, default=0, help="the same with so many MB: memory must not grow")
    parser.add_argument("--each", type=float, default=0, help="every item of the file is so many MB large")
    parser.add_argument("--formats", default=",".join([*SHAPES, *FILES]))
    parser.add_argument("--cases", default="", help="many, one, line, comment, and each format's own fields")
    parser.add_argument("--folder", type=Path, help="where files and databases are kept meanwhile")
    parser.add_argument("work", nargs="*", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.work:
        print(json.dumps(WORK[told.work[0]](*told.work[1:])))
        return
    folder = Path(tempfile.mkdtemp(prefix="newsroom-benchmark-", dir=told.folder))
    try:
        print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        print_row(HEAD)
        print_row(["---"] * len(HEAD))
        in_process("migrate", folder / "empty.sqlite3", folder)
        for name in told.formats.split(","):
            for case in cases(name):
                if told.cases and case not in told.cases.split(","):
                    continue
                for size in filter(None, (told.size, told.again)):
                    measure(folder, name, case, size, told.each)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def print_row(values):
    print(f"| {' | '.join(map(str, values))} |", flush=True)


def measure(folder, name, case, size, each):
    """Write a file, import it into an empty archive, tell of it in a line, and remove both."""
    work = Path(tempfile.mkdtemp(dir=folder))
    try:
        path = make(name, work, case, size * MEGABYTE, int(each * MEGABYTE))
        shutil.copy(folder / "empty.sqlite3", work / "own.sqlite3")
        took = in_process("take", work / "own.sqlite3", work, path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    marks = []
    if took["megabytes"] > MOST_MEGABYTES:
        marks.append("memory")
    is_one = case != MANY and not each
    if is_one and took["seconds"] * 200 / max(size, 200) > MOST_SECONDS_FOR_200_MB:
        marks.append("slow")
    # Of three items the first and the last are as they should be; a file of one item has none beside it.
    if is_one and took["created"] + took["refused"] < (1 if name in SHAPES and SHAPES[name].is_single else 2):
        marks.append("lost")
    if took["error"]:
        marks.append("error")
    shown = [name, case, size, f"{took['seconds']:.1f}", took["megabytes"], took["created"], took["refused"]]
    print_row([*shown, " ".join(marks), (took["error"] or took["problem"]).replace("\n", " ")[:300]])


def in_process(work, database, folder, *arguments):
    """Do a part of the work in a process of its own, whose memory is nobody else's."""
    command = [sys.executable, __file__, work, *map(str, arguments)]
    own = {"DATABASE_URL": f"sqlite:///{database}", "NEWSROOM_DATA": str(folder / "data"), "NEWSROOM_ENV": "local"}
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings", **own}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


# What is done in those


def migrate():
    import django

    django.setup()
    from django.core.management import call_command

    from archive.models import Outlet

    call_command("migrate", verbosity=0)
    Outlet.objects.create(slug="example", name="Example", language="en", time_zone="America/Toronto")


def take(path):
    """Run the command, as manage.py does."""
    from django.core.management import execute_from_command_line

    printed, errors = io.StringIO(), io.StringIO()
    began = time.perf_counter()
    error = ""
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        try:
            execute_from_command_line(["manage.py", "import_articles", path, "--outlet", "example", "--json"])
        except SystemExit:
            error = errors.getvalue()
        except Exception as raised:
            error = repr(raised)
    seconds = time.perf_counter() - began
    # Of both processes, the highest that each had.
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    report = json.loads(printed.getvalue() or '{"created": 0, "refused": 0, "problems": []}')
    told = [f"{each['place']}: {each['problem']} {each['remedy']}" for each in report["problems"][:1]]
    told = [each.replace(str(Path(path).parent) + "/", "") for each in told]
    return {
        "seconds": seconds,
        "megabytes": peak // 1024,
        "created": report["created"],
        "refused": report["refused"],
        "problem": "".join(told),
        "error": error,
    }


WORK = {"migrate": migrate, "take": take}

if __name__ == "__main__":
    main()
