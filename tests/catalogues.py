"""The message catalogues: where they are, compiling them, and what the sources say."""

import os
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
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


def messages_in_sources() -> set[tuple[str | None, tuple[str, ...]]]:
    """Every message of the sources: its context, and its one form or its singular and plural."""
    with open(ROOT / "babel.cfg", encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_is_ours)
    return {(context, (ids,) if isinstance(ids, str) else tuple(ids)) for _, _, ids, _, context in found}


def _is_ours(folder: str | os.PathLike[str]) -> bool:
    path = Path(folder).relative_to(ROOT)
    return path.parts[0] in ("booking", "templates")
