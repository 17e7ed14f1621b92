"""Upgrade and verify the files in booking/static/vendor/ that come from other projects.

`python scripts/vendor.py` compares every file with the checksum in VENDORED.md and exits 1 when one differs.
`python scripts/vendor.py upgrade` fetches the packages named below and writes the files and VENDORED.md anew.
To take a newer version, change it in PACKAGES and upgrade.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "booking" / "static" / "vendor"
RECORD = VENDOR / "VENDORED.md"
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \|.*\| `(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Package:
    """One package: its licence, and which of its files are kept under which name."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


HTMX = Package(
    "htmx.org",
    "2.0.11",
    "0BSD",
    {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "licences/htmx.txt"},
)
FIGTREE = Package(
    "@fontsource-variable/figtree",
    "5.3.0",
    "OFL-1.1",
    {
        "files/figtree-latin-wght-normal.woff2": "figtree-latin.woff2",
        "files/figtree-latin-ext-wght-normal.woff2": "figtree-latin-ext.woff2",
        "LICENSE": "licences/figtree.txt",
    },
)
LUCIDE = Package("lucide-static", "1.62.0", "ISC", {"LICENSE": "licences/lucide.txt"})
PACKAGES = (HTMX, FIGTREE, LUCIDE)
MADE_HERE = {"figtree.css": FIGTREE, "icons.svg": LUCIDE}

ICONS = """
accessibility archive arrow-left arrow-right award ban bell bike building-2 calendar calendar-check
calendar-clock calendar-days calendar-plus calendar-x camera chart-column check chevron-down chevron-left
chevron-right circle-alert circle-check circle-question-mark circle-slash circle-x clipboard-list clock
code-xml copy download ellipsis external-link eye file-text flag gauge globe graduation-cap hammer hand
handshake history hourglass house image inbox info key-round layers link list locate-fixed lock log-in
log-out mail map map-pin menu message-square minus monitor moon move package pencil plug plus power printer
qr-code refresh-cw repeat rss ruler scan-line search settings shield shield-check sliders-horizontal star
sun sun-moon tag timer timer-off trash-2 triangle-alert undo-2 upload user user-check user-plus user-x users
warehouse webhook weight wrench x zap
""".split()


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name; the answer is the exit code."""
    if arguments == ["upgrade"]:
        upgrade()
        return 0
    if arguments:
        print("Say nothing to verify, or: upgrade")
        return 2
    wrong = differing_files()
    for name in wrong:
        print(f"{name} is not the file that VENDORED.md describes.")
    return 1 if wrong else 0


def differing_files() -> list[str]:
    """Names of vendored files that are missing, changed or not recorded."""
    recorded = {row["file"]: row["digest"] for row in ROW.finditer(RECORD.read_text("utf-8"))}
    present = {
        path.relative_to(VENDOR).as_posix(): checksum(path)
        for path in VENDOR.rglob("*")
        if path.is_file() and path != RECORD
    }
    return sorted(name for name in recorded | present if recorded.get(name) != present.get(name))


def upgrade() -> None:
    """Fetch every package and write its files, the sprite, the font faces and VENDORED.md."""
    (VENDOR / "licences").mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            root = fetched(package, Path(folder))
            for source, target in package.files.items():
                (VENDOR / target).write_bytes((root / source).read_bytes())
            if package is FIGTREE:
                write_font_faces(root)
            if package is LUCIDE:
                write_sprite(root)
    write_record()


def fetched(package: Package, folder: Path) -> Path:
    """Download one package into the folder and answer where its files are."""
    wanted = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", "--silent", wanted], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return folder / "package"


def write_font_faces(root: Path) -> None:
    """Keep the package's unicode ranges; addresses carry the checksum, so that browsers keep the files."""
    source = (root / "index.css").read_text("utf-8")
    face = re.compile(r"/\* figtree-(latin(?:-ext)?)-wght.*?unicode-range: ([^;]+);", re.DOTALL)
    ranges = dict(face.findall(source))
    faces = [font_face(part, ranges[part]) for part in ("latin", "latin-ext")]
    (VENDOR / "figtree.css").write_text("\n".join(faces), "utf-8")


def font_face(part: str, unicode_range: str) -> str:
    """One @font-face rule for one part of the alphabet."""
    name = f"figtree-{part}.woff2"
    version = checksum(VENDOR / name)[:12]
    return (
        "@font-face {\n"
        "  font-family: Figtree;\n"
        f'  src: url("{name}?v={version}") format("woff2");\n'
        "  font-weight: 300 900;\n"
        "  font-display: swap;\n"
        f"  unicode-range: {unicode_range};\n"
        "}\n"
    )


def write_sprite(root: Path) -> None:
    """Put all icons that the pages use into one file."""
    symbols = [symbol(name, (root / "icons" / f"{name}.svg").read_text("utf-8")) for name in sorted(ICONS)]
    body = "\n".join(symbols)
    (VENDOR / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n', "utf-8")


def symbol(name: str, drawing: str) -> str:
    """One icon as a symbol of the sprite; its strokes are styled by the page."""
    shapes = re.findall(r"<(?!svg|!)[^>]+/>", drawing)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def write_record() -> None:
    """List every file with its origin, licence and checksum."""
    owners = MADE_HERE | {target: package for package in PACKAGES for target in package.files.values()}
    rows = [
        f"| `{name}` | {owner.name} | {owner.version} | {owner.licence} | `{checksum(VENDOR / name)}` |"
        for name, owner in sorted(owners.items())
    ]
    RECORD.write_text(
        "# Files from other projects\n\n"
        "Written by `python scripts/vendor.py upgrade`; `python scripts/vendor.py` verifies the sums.\n"
        "`figtree.css` and `icons.svg` are made from the named package. Licence texts are in `licences/`.\n\n"
        "| file | package | version | licence | sha256 |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n",
        "utf-8",
    )


def checksum(path: Path) -> str:
    """SHA-256 of a file's content in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
