"""What a refusal says of a tool's units is true of the very same rules."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from booking.rules import policy, units
from booking.rules.facts import Ask, Facts
from booking.rules.spans import Span
from tests.rules.worlds import NOW, spans, worlds

STEP = timedelta(minutes=5)


def stands(wish: Ask, known: Facts) -> bool:
    """Whether units stand in the way of the wish, taken or out of order."""
    return any(rule(wish, known, NOW) for rule in (policy.outage, policy.slot_taken))


@given(worlds(), spans(400))
def test_from_the_instant_of_a_refusal_on_and_not_before_a_unit_can_be_had(known: Facts, span: Span) -> None:
    wish = Ask(1, span)
    refusal = policy.slot_taken(wish, known, NOW)
    if refusal is None or refusal.lifts_at is None:
        return
    later = refusal.lifts_at
    assert not stands(replace(wish, span=Span(later, later + span.length)), known)
    before = span.start
    while before < later:
        assert stands(replace(wish, span=Span(before, before + span.length)), known)
        before += STEP


@given(worlds(), spans(400))
def test_in_the_stretch_that_is_said_no_unit_is_left_for_a_minute(known: Facts, span: Span) -> None:
    stretch = units.full_stretch(Ask(1, span), known)
    if stretch is None or not policy.slot_taken(Ask(1, span), known, NOW):
        return
    assert stretch.overlaps(units.with_buffers(known, span))
    bare = replace(
        known, tool=replace(known.tool, limits=replace(known.tool.limits, setup_minutes=0, cleanup_minutes=0))
    )
    at = stretch.start
    while at < stretch.end:
        assert stands(Ask(1, Span(at, min(at + STEP, stretch.end))), bare)
        at += STEP
