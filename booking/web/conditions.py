"""What is asked of the capabilities of a kind: read from an address, spelled into one, and shown as fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from booking.models.kinds import KindCard
from booking.rules.capabilities import LARGEST_NUMBER, CapabilitySpec, Condition
from booking.web.forms import Fields
from booking.wording.kinds import capability_name, choice_name

# The kind whose fields the form showed: what it says of another kind is not meant.
SHOWN = "of"


@dataclass(frozen=True, slots=True)
class Box:
    """One thing to tick."""

    name: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A capability as fields: two ends of a number in a unit, or boxes."""

    label: str
    unit: str
    slug: str
    low: str
    high: str
    boxes: tuple[Box, ...]

    @property
    def is_flag(self) -> bool:
        """Whether its only box says all that its label would."""
        return [box.label for box in self.boxes] == [self.label]


def read(fields: Fields, kind: KindCard) -> tuple[Condition, ...]:
    """What an address asks of this kind's capabilities; problems stay with the fields."""
    if fields.given(SHOWN) and fields.line(SHOWN, 64) != kind.slug:
        return ()
    found = (_condition(fields, spec) for spec in kind.capabilities)
    return tuple(each for each in found if each is not None)


def spelled(conditions: Iterable[Condition]) -> dict[str, object]:
    """The conditions as an address says them."""
    said: dict[str, object] = {}
    for each in conditions:
        ends = {f"min.{each.slug}": each.low, f"max.{each.slug}": each.high}
        said |= {name: f"{end:.10g}" for name, end in ends.items() if end is not None}
        if each.among:
            said[f"any.{each.slug}"] = sorted(each.among)
        elif each.low is None and each.high is None:
            said[f"has.{each.slug}"] = "yes"
    return said


def rows(kind: KindCard | None, conditions: Iterable[Condition]) -> list[Row]:
    """The fields of a kind, filled with what is asked."""
    asked = {each.slug: each for each in conditions}
    return [_row(spec, asked.get(spec.slug)) for spec in kind.capabilities] if kind else []


def _condition(fields: Fields, spec: CapabilitySpec) -> Condition | None:
    if spec.type == "number":
        low, high = (fields.optional_decimal(f"{end}.{spec.slug}", 0, LARGEST_NUMBER) for end in ("min", "max"))
        return None if low is None and high is None else Condition(spec.slug, low, high)
    if spec.type == "choice":
        among = frozenset(fields.choices(f"any.{spec.slug}", spec.choices))
        return Condition(spec.slug, among=among) if among else None
    return Condition(spec.slug) if fields.flag(f"has.{spec.slug}") else None


def _row(spec: CapabilitySpec, asked: Condition | None) -> Row:
    label = capability_name(spec)
    if spec.type == "number":
        low, high = ("" if end is None else f"{end:.10g}" for end in (asked and asked.low, asked and asked.high))
        return Row(label, spec.unit, spec.slug, low, high, ())
    if spec.type == "choice":
        among = asked.among if asked else frozenset()
        boxes = tuple(Box(f"any.{spec.slug}", one, choice_name(one), one in among) for one in spec.choices)
        return Row(label, "", spec.slug, "", "", boxes)
    return Row(label, "", spec.slug, "", "", (Box(f"has.{spec.slug}", "yes", label, asked is not None),))
