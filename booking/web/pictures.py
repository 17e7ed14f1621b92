"""Photos as pages show them: two sizes, words for those who don't see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from booking.models.photos import PhotoCard
from booking.outside.images import small_name


@dataclass(frozen=True, slots=True)
class Picture:
    """The addresses of a photo's two sizes, and what it shows."""

    small: str
    large: str
    caption: str


def pictures(cards: Iterable[PhotoCard], name: str) -> list[Picture]:
    """The photos of something of that name; those without a caption are called by it."""
    return [
        Picture(
            url_for("photos.show", file=small_name(card.file)),
            url_for("photos.show", file=card.file),
            card.caption or name,
        )
        for card in cards
    ]
