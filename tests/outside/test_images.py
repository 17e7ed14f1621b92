"""Pictures that people send are drawn anew; what would hurt is refused before it is decoded."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from booking.outside import images
from booking.rules.refusals import Unacceptable


def encoded(image: Image.Image, kind: str, **given: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **given)
    return target.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_as_jpeg_large_and_small(kind: str) -> None:
    picture = images.prepared(encoded(Image.new("RGB", (2400, 1200), "teal"), kind))
    assert (picture.width, picture.height) == (1600, 800)
    assert opened(picture.small).size == (480, 240)
    assert opened(picture.large).format == "JPEG"


def test_where_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    picture = images.prepared(encoded(Image.new("RGB", (400, 200), "teal"), "JPEG", exif=exif))
    assert (picture.width, picture.height) == (200, 400)
    assert not opened(picture.large).getexif()


def test_what_is_see_through_becomes_white() -> None:
    picture = images.prepared(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))
    assert opened(picture.large).getpixel((5, 5)) == (255, 255, 255)


def claims_to_be(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is that large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("size", [(5001, 5000), (12_000, 12_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(Unacceptable) as refused:
        images.prepared(claims_to_be(*size))
    assert refused.value.problems[0].code == "photo_too_wide"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x" * (8 * 1024 * 1024 + 1), "photo_too_heavy"),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), "not_a_photo"),
        (encoded(Image.new("RGB", (9, 9)), "TIFF"), "not_a_photo"),
        (encoded(Image.new("RGB", (400, 400)), "JPEG")[:300], "not_a_photo"),
        (claims_to_be(100, 100), "not_a_photo"),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        images.prepared(data)
    assert refused.value.problems[0].code == code


def test_a_kept_picture_has_a_random_name_and_can_be_discarded_twice(tmp_path: Path) -> None:
    picture = images.prepared(encoded(Image.new("RGB", (40, 40)), "PNG"))
    file = images.keep(tmp_path / "photos", picture)
    assert file != images.keep(tmp_path / "photos", picture)
    assert (tmp_path / "photos" / images.small_name(file)).read_bytes() == picture.small
    assert images.large_name(images.small_name(file)) == file
    images.discard(tmp_path / "photos", file)
    images.discard(tmp_path / "photos", file)


def test_what_a_camera_wrote_may_be_damaged() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "A description", 6
    whole = encoded(Image.new("RGB", (40, 20), "teal"), "JPEG", exif=exif)
    # The description becomes a map of colours, which is no text.
    damaged = whole.replace(b"\x01\x0e\x00\x02", b"\x01\x40\x00\x02")
    with pytest.raises(Unacceptable, match="not_a_photo"):
        images.prepared(damaged)
