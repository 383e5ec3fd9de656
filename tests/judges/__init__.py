"""Judges of pages that others wrote: axe-core (accessibility), the Nu HTML checker (valid HTML) and Lighthouse."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

MODULES = Path(__file__).parent / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = MODULES / "lighthouse" / "cli" / "index.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def html_errors(pages: dict[str, str]) -> list[str]:
    """What the Nu HTML checker finds wrong, as "name:line: message"; one JVM reads all the pages."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            path = Path(folder).resolve() / f"{number}.html"
            path.write_text(html, encoding="utf-8")
            names[path.name] = name
        run = subprocess.run(
            [
                shutil.which("java"),
                "-jar",
                NU,
                "--format",
                "json",
                "--exit-zero-always",
                *sorted(Path(folder).iterdir()),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    return [
        f"{names[Path(message['url']).name]}:{message.get('lastLine', '?')}: {message['message']}"
        for message in json.loads(run.stderr)["messages"]
        if message["type"] != "info" or message.get("subType") == "warning"
    ]


def lighthouse(url: str, *categories: str) -> dict[str, tuple[int, list[str]]]:
    """What Lighthouse makes of the page at `url`: for each category its score, of 100, and what was found wanting."""
    flags = ["--headless=new", "--disable-background-networking", "--disable-component-update"]
    flags += ["--disable-dev-shm-usage", "--disable-gpu", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    command = [
        *(shutil.which("node"), LIGHTHOUSE, url, "--quiet", "--output=json", "--output-path=stdout"),
        *("--no-enable-error-reporting", f"--only-categories={','.join(categories)}"),
        f"--chrome-flags={' '.join(flags)}",
    ]
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    # On a busy machine it gives up on a browser that is slow to start.
    for _attempt in range(2):
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
        if not run.returncode:
            break
    else:
        raise RuntimeError(f"Lighthouse could not judge {url}: {run.stderr[-1000:]}")
    report = json.loads(run.stdout)
    found = {}
    for name, category in report["categories"].items():
        audits = [report["audits"][each["id"]] for each in category["auditRefs"] if each["weight"]]
        wanting = [
            f"{audit['id']}: {audit.get('displayValue') or audit['title']}"
            for audit in audits
            if audit["score"] is not None and audit["score"] < 1
        ]
        found[name] = round(100 * (category["score"] or 0)), wanting
    return found
