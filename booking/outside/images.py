"""Pictures that people send: checked before they are decoded, drawn anew without what a camera added, and kept."""

import io
import secrets
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from booking.rules.refusals import Problem, Unacceptable

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1_600
LONGEST_SIDE_SMALL = 480
SMALL = "-small"
_SUFFIX = ".jpg"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew as JPEG, with a small one for lists; sizes of the large one in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def prepared(data: bytes) -> Picture:
    """The picture in these bytes, drawn anew without place, time or camera.

    Raises Unacceptable with `photo_too_heavy`, `photo_too_wide` or `not_a_photo`.
    """
    if len(data) > LARGEST_FILE:
        raise Unacceptable(Problem("photo", "photo_too_heavy", {"megabytes": LARGEST_FILE // 1024**2}))
    try:
        with warnings.catch_warnings():
            # What a camera wrote about a picture is thrown away, so it may be damaged.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _drawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_wide() from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, LookupError, TypeError):
        # What Pillow raises for bytes that are no picture, only the beginning of one, or a damaged one.
        raise Unacceptable(Problem("photo", "not_a_photo")) from None


def keep(folder: Path, picture: Picture) -> str:
    """Put a picture into the folder under a random name; the name of the large file."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = secrets.token_hex(16)
    (folder / f"{stem}{SMALL}{_SUFFIX}").write_bytes(picture.small)
    (folder / f"{stem}{_SUFFIX}").write_bytes(picture.large)
    return f"{stem}{_SUFFIX}"


def discard(folder: Path, file: str) -> None:
    """Remove a picture and its small one; nothing happens when they are gone already."""
    for name in (file, small_name(file)):
        (folder / name).unlink(missing_ok=True)


def small_name(file: str) -> str:
    """The name of the small picture beside a large one."""
    return f"{file.removesuffix(_SUFFIX)}{SMALL}{_SUFFIX}"


def large_name(file: str) -> str:
    """The name of the large picture that a file belongs to; a large one's own name."""
    return file.replace(f"{SMALL}{_SUFFIX}", _SUFFIX)


def _drawn(image: Image.Image) -> Picture:
    if image.width * image.height > MOST_PIXELS:
        raise _too_wide()
    upright = ImageOps.exif_transpose(image)
    flat = Image.new("RGB", upright.size, "white")
    with_alpha = upright.convert("RGBA")
    flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    large, (width, height) = _encoded(flat), flat.size
    flat.thumbnail((LONGEST_SIDE_SMALL, LONGEST_SIDE_SMALL))
    return Picture(large, _encoded(flat), width, height)


def _encoded(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=82, optimize=True, progressive=True)
    return target.getvalue()


def _too_wide() -> Unacceptable:
    return Unacceptable(Problem("photo", "photo_too_wide", {"megapixels": MOST_PIXELS // 1_000_000}))
