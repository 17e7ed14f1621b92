"""Invented people: a name in the script of a language, and a mail address made from it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from booking.rules.text import slug
from booking.seeding.catalogue import DATA


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented, who doesn't exist yet as an account."""

    name: str
    email: str
    language: str
    culture: str


class Crowd:
    """Invents people, no two with the same address."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def somebody(self, country: str) -> Person:
        """A person as one meets them in that country."""
        mix: dict[str, int] = _written()["mix"][country]
        culture = self._chance.choices(list(mix), weights=list(mix.values()))[0]
        names = _written()[culture]
        given, _, given_latin = self._chance.choice(names["given"]).partition("=")
        family, _, family_latin = self._chance.choice(names["family"]).partition("=")
        name = f"{family}{given}" if culture == "zh" else f"{given} {family}"
        return Person(name, self._address(given_latin or given, family_latin or family), names["language"], culture)

    def _address(self, given: str, family: str) -> str:
        plain = f"{slug(given, 'somebody')}.{slug(family, 'somebody')}"
        number, address = 1, f"{plain}@example.org"
        while address in self._taken:
            number += 1
            address = f"{plain}{number}@example.org"
        self._taken.add(address)
        return address


def purposes(culture: str) -> list[str]:
    """What people of this culture say they book for."""
    found: list[str] = _written()[culture]["purposes"]
    return found


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))
