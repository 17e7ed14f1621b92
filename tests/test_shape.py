"""The shape of the code: small files, small functions, plain templates, walls that import-linter cannot see."""

import ast
import math
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

LONGEST_FILE = 400
MEDIAN_FILE = 100
LONGEST_FUNCTION = 40
MOST_FUNCTIONS = 25
LONGEST_TEMPLATE = 120
DEEPEST_TEMPLATE = 2

SPEAKS_TO_THE_NETWORK = {"urllib.request", "http.client", "http.server", "socket", "ssl", "smtplib", "ftplib", "xmlrpc"}
INLINE = {
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def sources(*folders: str, endings: tuple[str, ...] = (".py",)) -> list[Path]:
    """Our own files in these folders; what others wrote lies in folders called vendor."""
    strangers = {"vendor", "node_modules", "__pycache__"}
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in endings]
    return sorted(path for path in found if not strangers & set(path.parts))


def lines(path: Path) -> int:
    """How many lines the file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def name(path: Path) -> str:
    """The path as people write it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of the file, with its length from `def` to its last line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}: {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_long() -> None:
    ours = sources("booking", "migrations", "scripts", "tests", endings=(".py", ".js", ".css", ".sh"))
    long = {name(path): lines(path) for path in [*ours, ROOT / "config.py"] if lines(path) > LONGEST_FILE}
    assert long == {}


def test_most_files_are_short() -> None:
    filled = [lines(path) for path in sources("booking") if lines(path)]
    assert statistics.median(filled) < MEDIAN_FILE


def test_no_function_is_long() -> None:
    ours = [*sources("booking", "scripts", "tests"), ROOT / "config.py"]
    assert {key: size for path in ours for key, size in functions(path) if size > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    sizes = sorted(size for path in sources("booking") for _, size in functions(path))
    assert sizes[math.ceil(len(sizes) * 0.9) - 1] <= MOST_FUNCTIONS


def test_no_name_says_nothing() -> None:
    empty_words = re.compile(r"(^|_)(util|utils|helper|helpers|misc|common|stuff)$")
    assert [name(path) for path in sources("booking") if empty_words.search(path.stem)] == []


def test_only_outside_sends_and_fetches() -> None:
    outside = ROOT / "booking" / "outside"
    breaches = [
        f"{name(path)} imports {module}"
        for path in sources("booking")
        if not path.is_relative_to(outside)
        for module in _imports(path)
        if module in SPEAKS_TO_THE_NETWORK
    ]
    assert breaches == []


def test_rules_know_nothing_but_python_and_one_another() -> None:
    breaches = [
        f"{name(path)} imports {module}"
        for path in sources("booking/rules")
        for module in _imports(path)
        if not f"{module}.".startswith("booking.rules.") and module.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert breaches == []


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def templates() -> list[Path]:
    """Every page, part and mail."""
    return sources("templates", endings=(".html", ".txt", ".svg", ".xml"))


def test_templates_are_small() -> None:
    assert {name(path): lines(path) for path in templates() if lines(path) > LONGEST_TEMPLATE} == {}


@pytest.mark.parametrize("what", INLINE)
def test_pages_carry_nothing_inline(what: str) -> None:
    # Mail programs read no style sheet, so mails are free to carry their styles with them.
    pages = [path for path in templates() if "email" not in path.parts]
    assert [name(path) for path in pages if INLINE[what].search(path.read_text(encoding="utf-8"))] == []


def test_templates_inherit_at_most_twice() -> None:
    extends = re.compile(r"""{%-?\s*extends\s+["']([^"']+)["']""")
    parents = {
        str(path.relative_to(ROOT / "templates")): found.group(1)
        for path in templates()
        if (found := extends.search(path.read_text(encoding="utf-8")))
    }
    assert [page for page in parents if _depth(page, parents) > DEEPEST_TEMPLATE] == []


def _depth(page: str, parents: dict[str, str]) -> int:
    return 1 + _depth(parents[page], parents) if page in parents else 0
