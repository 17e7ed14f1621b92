"""Somebody who reads a calendar with vdirsyncer and khal, as programs fetch and show it."""

import os
import subprocess
import sys
from pathlib import Path

VDIRSYNCER = """
[general]
status_path = "{folder}/status"

[pair feed]
a = "here"
b = "there"
collections = null

[storage here]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"

[storage there]
type = "http"
url = "{address}"
"""
KHAL = """
[calendars]
[[feed]]
path = {folder}/events

[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M

[sqlite]
path = {folder}/khal-{number}.db
"""


class Reader:
    """Somebody with vdirsyncer and khal, subscribed to one feed."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.number = 0
        (folder / "events").mkdir()
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, address=address))
        self.run("vdirsyncer", "-c", str(folder / "vdirsyncer"), "discover", "feed")

    def agenda(self, first: str, days: int, zone: str = "Europe/Berlin") -> list[str]:
        """What khal shows for these days on a clock of that zone, after fetching the feed anew."""
        self.run("vdirsyncer", "-c", str(self.folder / "vdirsyncer"), "sync")
        self.number += 1
        settings = self.folder / "khal"
        settings.write_text(KHAL.format(folder=self.folder, zone=zone, number=self.number))
        shown = "{start-long-full}|{end-time}|{title}"
        text = self.run("khal", "-c", str(settings), "list", "-df", "", "-f", shown, first, f"{days}d")
        return text.splitlines()

    def run(self, program: str, *arguments: str) -> str:
        """The program's output; the test fails with its complaint when it does."""
        path = Path(sys.executable).parent / program
        environment = os.environ | {"HOME": str(self.folder), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        done = subprocess.run([path, *arguments], capture_output=True, text=True, env=environment, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
