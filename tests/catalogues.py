"""The message catalogues: where they are, compiling them, and what the sources say."""

import os
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config import LANGUAGES, ROOT

FOLDER = ROOT / "booking" / "translations"
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def path_of(language: str) -> Path:
    """The catalogue of a language, there or not."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language as it lies in the tree."""
    with open(path_of(language), "rb") as file:
        return read_po(file, locale=language)


def compile_all() -> None:
    """Compile the catalogues that are newer than what was made of them."""
    for language in TRANSLATED:
        source = path_of(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime > source.stat().st_mtime):
            continue
        aside = target.with_name(f"{target.name}.{os.getpid()}")
        with open(aside, "wb") as file:
            write_mo(file, read(language))
        aside.replace(target)


def messages_in_sources() -> set[str | tuple[str, ...]]:
    """Every message of the sources: a string, or a tuple where it has a plural."""
    with open(ROOT / "babel.cfg", encoding="utf-8") as file:
        methods, options = parse_mapping(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_is_ours)
    return {tuple(message) if isinstance(message, list | tuple) else message for _, _, message, _, _ in found}


def _is_ours(folder: str) -> bool:
    return Path(folder).name in ("booking", "templates") or any(
        Path(folder).is_relative_to(ROOT / name) for name in ("booking", "templates")
    )
