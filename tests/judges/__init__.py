"""Judges of pages that others wrote: axe-core (accessibility) and the Nu HTML checker (valid HTML)."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

MODULES = Path(__file__).parent / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"


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
