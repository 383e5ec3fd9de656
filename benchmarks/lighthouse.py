"""What Lighthouse gives the pages of a running archive, speed and all: the median of some runs.

make demo, and beside it: make lighthouse
"""

import argparse
import os
import re
import statistics
import sys
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.judges import lighthouse  # noqa: E402

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = {"performance": 98}
# A page of results is not meant to be indexed, which costs it points.
EXCUSED = {("results", "seo")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="where the archive is served, such as http://127.0.0.1:8000")
    parser.add_argument("--runs", type=int, default=3)
    told = parser.parse_args()
    base = told.url.rstrip("/")
    print(f"Median of {told.runs} runs; load {os.getloadavg()[0]:.1f} at the start.\n")
    print(f"| page | {' | '.join(CATEGORIES)} |")
    print("|---" * (len(CATEGORIES) + 1) + "|")
    missed = []
    for name, path in pages(base).items():
        runs = [lighthouse(base + path, *CATEGORIES) for _run in range(told.runs)]
        medians = {each: round(statistics.median(run[each][0] for run in runs)) for each in CATEGORIES}
        print(f"| {name} | {' | '.join(str(medians[each]) for each in CATEGORIES)} |", flush=True)
        for each, score in medians.items():
            if score < LEAST.get(each, 100) and (name, each) not in EXCUSED:
                missed.append(f"{name}, {each}: {'; '.join(runs[-1][each][1])}")
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")
    sys.exit("\n".join(missed) or None)


def pages(base):
    """The pages looked at: of what stands first on the site's front."""
    outlet = first_link(base, "/", r"/[-\w]+/")
    article = first_link(base, outlet, r"/[-\w]+/articles/\w{12}/[-\w]+/")
    return {
        "front": "/",
        "outlet": outlet,
        "article": article,
        "search": "/search/",
        "results": "/search/?q=hiver",
        "section": first_link(base, outlet, r"/[-\w]+/sections/[-\w]+/"),
    }


def first_link(base, path, pattern):
    with urlopen(base + path) as response:  # noqa: S310  the operator's own address
        text = response.read().decode()
    found = [each for each in re.findall(rf'href="({pattern})"', text) if each not in ("/search/", "/find/", "/api/")]
    if not found:
        sys.exit(f"{base}{path} leads to no page like {pattern}")
    return found[0]


if __name__ == "__main__":
    main()
