"""Several asks at once: what one takes, those after it can't have."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rules import policy, several
from booking.rules.access import Role
from booking.rules.facts import Ask, Facts, Taken
from booking.rules.refusals import Refusal
from booking.rules.several import Wish
from booking.rules.spans import Span
from tests.rules.worlds import ALWAYS_OPEN, NOW, TUESDAY, facts, span, spans, worlds

NOON = replace(TUESDAY, span=span("2026-03-24 12:00", "2026-03-24 13:00"))


def codes(judgement: several.Judgement) -> list[list[str]]:
    return [[refusal.code for refusal in verdict.refusals] for verdict in judgement.verdicts]


def test_what_one_takes_the_next_cannot_have() -> None:
    found = several.judged([Wish("a", TUESDAY), Wish("b", TUESDAY), Wish("c", NOON)], {1: facts()}, NOW)
    assert codes(found) == [[], ["slot_taken"], []]
    assert [clash.key for clash in found.clashes] == ["b"]


def test_a_pool_is_taken_unit_by_unit() -> None:
    pool = facts(unit_ids=(11, 12))
    found = several.judged([Wish(key, TUESDAY) for key in "abc"], {1: pool}, NOW)
    assert codes(found) == [[], [], ["slot_taken"]]
    assert {verdict.unit_id for verdict in found.verdicts[:2]} == {11, 12}


def test_buffers_stand_between_them() -> None:
    found = several.judged([Wish("a", TUESDAY), Wish("b", NOON)], {1: facts(cleanup_minutes=15)}, NOW)
    assert codes(found) == [[], ["slot_taken"]]


def test_what_is_refused_takes_nothing() -> None:
    early = replace(TUESDAY, span=span("2026-03-24 07:00", "2026-03-24 11:00"))
    found = several.judged([Wish("a", early), Wish("b", TUESDAY)], {1: facts()}, NOW)
    assert codes(found) == [["outside_opening_hours"], []]


def test_a_time_that_does_not_exist_keeps_its_reason() -> None:
    gone = Refusal("no_such_time", {"wall": "2026-03-29T02:30:00", "zone": "Europe/Berlin"})
    found = several.judged([Wish("a", None, (gone,)), Wish("b", TUESDAY)], {1: facts()}, NOW)
    assert codes(found) == [["no_such_time"], []]


def test_who_may_set_rules_aside_does_so_for_each_and_it_is_told() -> None:
    early = replace(TUESDAY, span=span("2026-03-24 07:00", "2026-03-24 09:00"))
    found = several.judged([Wish("a", early), Wish("b", early)], {1: facts()}, NOW, {1: Role.MANAGER})
    assert found.verdicts[0].overridden == ("outside_opening_hours",)
    assert codes(found) == [[], ["slot_taken"]]


def test_time_on_one_tool_is_used_time_for_all() -> None:
    other = replace(facts().tool, id=2, unit_ids=(21,))
    known = {1: facts(role=Role.MEMBER), 2: replace(facts(), tool=other)}
    found = several.judged([Wish("a", TUESDAY)], known, NOW).known
    assert [(row.tool_id, row.span, row.is_visitor) for row in found[2].used] == [(1, TUESDAY.span, False)]
    assert (len(found[1].taken), len(found[2].taken)) == (1, 0)


def test_bookings_that_move_together_do_not_stand_in_their_own_way() -> None:
    rows = (Taken(11, TUESDAY.span, 5), Taken(11, NOON.span, 6))
    cleared = several.without(facts(taken=rows), {5, 6})
    wishes = [Wish("5", replace(NOON, booking_id=5)), Wish("6", replace(TUESDAY, booking_id=6))]
    assert codes(several.judged(wishes, {1: cleared}, NOW)) == [[], []]


def test_a_booking_that_moves_stays_on_its_unit_where_it_can() -> None:
    pool = facts(unit_ids=(11, 12))
    wishes = [Wish("5", replace(NOON, booking_id=5), unit_id=12), Wish("6", replace(NOON, booking_id=6), unit_id=12)]
    assert [each.unit_id for each in several.judged(wishes, {1: pool}, NOW).verdicts] == [12, 11]


def test_all_of_them_move_to_the_nearest_time_at_which_all_fit() -> None:
    hour = timedelta(hours=1)
    wishes = [Wish("a", TUESDAY), Wish("b", NOON)]
    free = {1: facts(taken=(Taken(11, span("2026-03-24 12:00", "2026-03-24 13:00")),))}
    # An hour earlier they end where the other begins.
    assert several.nearest_shift(wishes, free, NOW, hour / 2, 6 * hour) == -hour
    assert several.nearest_shift(wishes, free, NOW, hour / 2, hour / 2) is None
    assert several.nearest_shift([Wish("a", None)], free, NOW, hour, 6 * hour) is None


def test_years_of_other_bookings_do_not_change_what_is_near() -> None:
    long_ago = tuple(
        Taken(11, Span(TUESDAY.span.start - timedelta(days=each), TUESDAY.span.end - timedelta(days=each)))
        for each in (1, 3, 400)
    )
    known = facts(ALWAYS_OPEN, taken=long_ago)
    assert len(several.near(known, TUESDAY.span).taken) == 2


@settings(max_examples=40)
@given(worlds(), st.lists(spans(400), max_size=5))
def test_all_that_can_be_had_holds_together(known: Facts, wished: list[Span]) -> None:
    wishes = [Wish(str(number), Ask(1, each)) for number, each in enumerate(wished)]
    found = several.judged(wishes, {1: known}, NOW)
    held = [(row.unit_id, row.span) for row in found.known[1].taken[len(known.taken) :]]
    assert len(held) == len(wishes) - len(found.clashes)
    assert not any(one[0] == other[0] and one[1].overlaps(other[1]) for one, other in combinations(held, 2))
    before = {row.unit_id: [each.span for each in known.taken if each.unit_id == row.unit_id] for row in known.taken}
    assert not any(span_.overlaps(each) for unit, span_ in held for each in before.get(unit, []))
    for verdict in found.verdicts:
        assert verdict.ask is not None
        alone = policy.check(verdict.ask, known, NOW)
        # Alone each may have at least what it may have together with the others.
        assert verdict.refusals or not alone
        assert {refusal.code for refusal in alone} <= {refusal.code for refusal in verdict.refusals} | {"slot_taken"}
