"""A certificate ends with a day of the space's calendar, and one of another space counts where a space says so."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.rules.certificates import (
    Accepted,
    CertificateWish,
    End,
    Held,
    briefings_on_top,
    certificate_expired,
    certificate_missing,
    counting,
    ends_at,
)
from booking.rules.facts import OnTop, Training
from tests.rules.worlds import NOW, TUESDAY, at, facts

DAY = timedelta(days=1)
LASER, FOREIGN, BRIEFING, OTHER = 1, 2, 3, 4
FIRE = Training(BRIEFING, "Fire", NOW + DAY)


@pytest.mark.parametrize(
    ("zone", "granted_at", "days", "end"),
    [
        ("Europe/Berlin", datetime(2026, 11, 25, 8, tzinfo=UTC), 30, datetime(2026, 12, 25, 22, 59, 59, tzinfo=UTC)),
        # Summer has come meanwhile: the day ends at another instant.
        ("Europe/Berlin", datetime(2026, 3, 1, 8, tzinfo=UTC), 30, datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)),
        # In Xi'an it is the 26th already.
        ("Asia/Shanghai", datetime(2026, 11, 25, 20, tzinfo=UTC), 1, datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC)),
        (
            "America/Los_Angeles",
            datetime(2026, 11, 25, 4, tzinfo=UTC),
            1,
            datetime(2026, 11, 26, 7, 59, 59, tzinfo=UTC),
        ),
    ],
)
def test_it_lasts_to_the_end_of_its_last_day(zone: str, granted_at: datetime, days: int, end: datetime) -> None:
    assert ends_at(zone, granted_at, days) == end


@pytest.mark.parametrize(
    ("days", "date_", "end"),
    [
        (None, None, None),
        (30, date(2026, 3, 31), "2026-03-31 23:59:59"),
        (3, date(2026, 3, 31), "2026-03-26 23:59:59"),
        (None, date(2026, 3, 31), "2026-03-31 23:59:59"),
    ],
    ids=["never", "on the date", "after the days", "only a date"],
)
def test_of_days_and_a_date_the_first_counts(days: int | None, date_: date | None, end: str | None) -> None:
    assert ends_at("UTC", NOW, days, date_) == (at(end) if end else None)


def test_unused_it_lapses_and_each_use_puts_that_off() -> None:
    assert Held(LASER, None, NOW, 10, "UTC").ends_at == at("2026-04-02 23:59:59")
    assert Held(LASER, None, NOW + 5 * DAY, 10, "UTC").ends_at == at("2026-04-07 23:59:59")
    fixed = at("2026-04-01 23:59:59")
    assert Held(LASER, fixed, NOW + 5 * DAY, 10, "UTC").ends_at == fixed


def test_a_reminder_comes_days_before_but_not_in_the_first_half() -> None:
    end = at("2026-04-23 09:00")
    assert Held(LASER, end, NOW, None, "UTC").remind_at(14) == end - 14 * DAY
    assert Held(LASER, NOW + 4 * DAY, NOW, None, "UTC").remind_at(14) == NOW + 2 * DAY
    assert Held(LASER, end, NOW, None, "UTC").remind_at(0) is None
    assert Held(LASER, None, NOW, None, "UTC").remind_at(14) is None


WHOLLY, WITH_BRIEFING = Accepted(LASER, FOREIGN), Accepted(LASER, FOREIGN, FIRE)
LATER = Accepted(LASER, OTHER)


@pytest.mark.parametrize(
    ("own", "accepted", "found"),
    [
        ({LASER: NOW}, [], {LASER: NOW}),
        ({FOREIGN: NOW}, [], {}),
        ({FOREIGN: NOW}, [WHOLLY], {LASER: NOW}),
        ({FOREIGN: NOW}, [WITH_BRIEFING], {}),
        ({BRIEFING: NOW}, [WITH_BRIEFING], {}),
        ({FOREIGN: NOW, BRIEFING: NOW + DAY}, [WITH_BRIEFING], {LASER: NOW}),
        ({FOREIGN: None, BRIEFING: NOW}, [WITH_BRIEFING], {LASER: NOW}),
        ({LASER: NOW, FOREIGN: NOW + DAY}, [WHOLLY], {LASER: NOW + DAY}),
        ({LASER: None, FOREIGN: NOW}, [WHOLLY], {LASER: None}),
        ({FOREIGN: NOW, OTHER: None}, [WHOLLY, LATER], {LASER: None}),
    ],
)
def test_what_counts_lasts_as_long_as_its_longest_way(
    own: dict[int, End], accepted: list[Accepted], found: dict[int, End]
) -> None:
    assert counting([LASER], own, accepted) == found


def test_what_is_missing_may_be_only_the_briefing() -> None:
    assert briefings_on_top({FOREIGN: NOW}, [WITH_BRIEFING]) == {LASER: OnTop(FIRE, NOW)}
    assert briefings_on_top({}, [WITH_BRIEFING]) == briefings_on_top({FOREIGN: None}, [WHOLLY]) == {}
    longer = Accepted(LASER, OTHER, Training(5, "Lens"))
    assert briefings_on_top({FOREIGN: NOW, OTHER: None}, [longer, WITH_BRIEFING])[LASER].briefing.name == "Lens"


def test_a_refusal_names_the_shortest_way_and_its_next_briefing() -> None:
    own = {"trainings": {LASER: Training(LASER, "Laser", NOW + 3 * DAY)}, "certificate_ids": (LASER,)}
    missing = certificate_missing(TUESDAY, facts(**own), NOW)
    assert missing and missing.data == {
        "ids": (LASER,),
        "names": ("Laser",),
        "briefing": (NOW + 3 * DAY).isoformat(),
    }
    for end, name in ((None, "Fire"), (TUESDAY.span.end, "Fire"), (TUESDAY.span.start, "Laser")):
        missing = certificate_missing(TUESDAY, facts(**own, on_top={LASER: OnTop(FIRE, end)}), NOW)
        assert missing and missing.data["names"] == (name,)


def test_a_briefing_that_is_over_is_not_told() -> None:
    over = facts(certificate_ids=(LASER,), trainings={LASER: Training(LASER, "Laser", NOW)})
    missing = certificate_missing(TUESDAY, over, NOW)
    assert missing and missing.data["briefing"] is None


def test_what_has_ended_is_told_apart_from_what_ends_too_early() -> None:
    names = {"certificate_ids": (LASER,), "certificate_names": {LASER: "Laser"}}
    for end, over in ((NOW - DAY, True), (NOW + timedelta(hours=1), False)):
        expired = certificate_expired(TUESDAY, facts(**names, certificates={LASER: end}), NOW)
        assert expired and expired.data["over"] is over


def test_a_wish_without_ends_lasts_and_reminds() -> None:
    wish = CertificateWish("Laser")
    assert (wish.valid_days, wish.ends_on, wish.unused_days, wish.reminder_days) == (None, None, None, 14)
