"""What a tool can do, in one line: "CO₂ · 900 × 600 mm · 100 W"."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from booking.rules.capabilities import CapabilitySpec
from booking.wording.display import f_number
from booking.wording.kinds import capability_name, choice_name

MOST_PARTS = 3


def capability_line(specs: Iterable[CapabilitySpec], values: Mapping[str, object]) -> str:
    """The stated capabilities of a tool, choices first; an empty string when it states none."""
    stated = [spec for spec in specs if spec.slug in values]
    parts = [choice_name(str(values[spec.slug])) for spec in stated if spec.type == "choice"]
    parts += _measures([spec for spec in stated if spec.type == "number"], values)
    parts += [capability_name(spec) for spec in stated if spec.type == "flag" and values[spec.slug] is True]
    return " · ".join(parts[:MOST_PARTS])


def _measures(specs: list[CapabilitySpec], values: Mapping[str, object]) -> Iterator[str]:
    """Numbers with their units; those of one thing, such as the width and the depth of a bed, are multiplied out.

    A single length says nothing without its name.
    """
    for (_, unit), group in groupby(specs, key=lambda spec: (spec.slug.partition("_")[0], spec.unit)):
        together = list(group)
        numbers = [f_number(float(str(values[spec.slug]))) for spec in together]
        measure = " × ".join(numbers) + (f"\u00a0{unit}" if unit else "")
        is_plain = len(together) > 1 or unit not in ("", "mm")
        yield measure if is_plain else f"{capability_name(together[0])} {measure}"
