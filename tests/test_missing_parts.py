"""A test that could not run is named at the end of the run, and fails it where machines watch."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests import parts

NEEDY = """
import pytest

@pytest.mark.needs("chromium")
def test_with_a_browser():
    pass

def test_without():
    pass
"""


def run(folder: Path, *, machine: bool) -> subprocess.CompletedProcess[str]:
    """A run of the suite's own rules over one small file, on a computer without any program."""
    (folder / "test_needy.py").write_text(NEEDY)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", ROOT / "pyproject.toml", "-q"]
        + ["-p", "no:cacheprovider", "--rootdir", folder, folder],
        env={"PATH": "/nowhere", "PYTHONPATH": str(ROOT), "CI": str(machine).lower(), "TMPDIR": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_person_is_told_what_did_not_run(tmp_path: Path) -> None:
    done = run(tmp_path, machine=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 not run: chromium is missing (on Debian: apt-get install chromium)" in done.stdout


def test_a_machine_fails(tmp_path: Path) -> None:
    done = run(tmp_path, machine=True)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "1 passed, 1 skipped" in done.stdout


def test_parts_are_known_by_name() -> None:
    assert all(parts.advice(part) for part in parts.PARTS)
    with pytest.raises(KeyError):
        parts.find("no such part")
