"""What the rules say to an ask: every refusal with its sentence, and the ways out."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.api.shapes import (
    FLAG,
    ID,
    INSTANT,
    OBJECT,
    TEXT,
    Json,
    Part,
    Shape,
    nullable,
    one_of,
    ref,
    several,
    told,
    told_or_none,
)
from booking.rules.access import Role
from booking.rules.availability import Alternative, Why
from booking.rules.refusals import Refusal
from booking.rules.several import Clash
from booking.wording.refusals import refusal_sentence


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal and its sentence in the reader's language."""

    refusal: Refusal
    message: str


REFUSAL: Shape[Said] = Shape(
    "Refusal",
    "One reason against an ask. All codes and their data are in docs/rules.md.",
    (
        Part("code", TEXT, lambda said: said.refusal.code),
        Part("message", TEXT, lambda said: said.message, "One sentence, in the language that was asked for."),
        Part(
            "lifts_at",
            nullable(INSTANT),
            lambda said: told_or_none(said.refusal.lifts_at),
            "From when on this no longer stands in the way, where that is known.",
        ),
        Part(
            "overridable",
            FLAG,
            lambda said: said.refusal.overridable_by is not None,
            "Whether somebody may book all the same, on the pages.",
        ),
        Part(
            "overridable_by",
            nullable(one_of(*Role)),
            lambda said: said.refusal.overridable_by,
            "The least role at the space that may.",
        ),
        Part("data", OBJECT, lambda said: dict(said.refusal.data), "What the sentence was made from."),
    ),
)
ALTERNATIVE: Shape[Alternative] = Shape(
    "Alternative",
    "A time that passes every rule at this moment.",
    (
        Part("tool", ID, lambda other: str(other.tool_id)),
        Part("start", INSTANT, lambda other: told(other.span.start)),
        Part("end", INSTANT, lambda other: told(other.span.end)),
        Part("why", one_of(*Why), lambda other: other.why, "How it differs from what was asked."),
    ),
)


@dataclass(frozen=True, slots=True)
class Clashing:
    """One of several asks that can't be had, with its ways out; `zone` is the one of its tool's space."""

    clash: Clash
    alternatives: Sequence[Alternative]
    zone: str


CLASH: Shape[Clashing] = Shape(
    "Clash",
    "One of several asks that can't be had. Nothing is booked while there is any.",
    (
        Part("part", TEXT, lambda found: found.clash.key, "The date in a series, the place in a plan, a booking's id."),
        Part("tool", nullable(ID), lambda found: str(found.clash.ask.tool_id) if found.clash.ask else None),
        Part("start", nullable(INSTANT), lambda found: told(found.clash.ask.span.start) if found.clash.ask else None),
        Part("end", nullable(INSTANT), lambda found: told(found.clash.ask.span.end) if found.clash.ask else None),
        Part("refusals", several(ref(REFUSAL)), lambda found: said(found.clash.refusals, found.zone)),
        Part("alternatives", several(ref(ALTERNATIVE)), lambda found: ways_out(found.alternatives)),
    ),
)


def said(refusals: Sequence[Refusal], zone: str) -> list[Json]:
    """The refusals with their sentences; `zone` is the one of the tool's space."""
    return [REFUSAL.document(Said(refusal, refusal_sentence(refusal, zone))) for refusal in refusals]


def ways_out(alternatives: Sequence[Alternative]) -> list[Json]:
    """The alternatives, the best first."""
    return [ALTERNATIVE.document(alternative) for alternative in alternatives]
