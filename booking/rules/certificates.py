"""Which certificates somebody holds and until when, foreign ones that a space takes among them, and what is lacking.

A certificate ends so many days after it was granted, on a date, or when it was unused for so many days: what comes
first counts. An end is the last second of a day by the clock of the certificate's own space.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.rules import hours
from booking.rules.facts import Ask, Facts, OnTop, Training
from booking.rules.refusals import Refusal, because

LONGEST_VALID_DAYS = 3650
LONGEST_REMINDER_DAYS = 90
_SECOND = timedelta(seconds=1)
End = datetime | None


@dataclass(frozen=True, slots=True)
class CertificateWish:
    """What a manager says about a certificate: all three ends None lasts for ever, no reminder days: no reminder."""

    name: str
    description: str = ""
    valid_days: int | None = None
    ends_on: date | None = None
    unused_days: int | None = None
    reminder_days: int = 14
    next_briefing_at: datetime | None = None
    briefing_note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A grant that counts: its latest end, when it was granted or last used, and how its certificate lapses."""

    certificate_id: int
    expires_at: End
    active_at: datetime
    unused_days: int | None
    zone: str

    @property
    def ends_at(self) -> End:
        """When it ends if it isn't used from now on; None: never."""
        return earlier(self.expires_at, ends_at(self.zone, self.active_at, self.unused_days))

    def remind_at(self, reminder_days: int) -> End:
        """When its holder is reminded of its end: so many days before, but not before half of its time is over."""
        end = self.ends_at
        if end is None or not reminder_days:
            return None
        return end - min(timedelta(days=reminder_days), (end - self.active_at) / 2)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A foreign certificate that counts as a space's own; with `briefing`, once that is held as well."""

    certificate_id: int
    foreign_id: int
    briefing: Training | None = None


def ends_at(zone: str, since: datetime, days: int | None, ends_on: date | None = None) -> End:
    """The last second (UTC) of the day so many days after `since`, or of the date if that comes first; None: never."""
    day = hours.to_wall(zone, since).date() + timedelta(days=days) if days is not None else None
    last_days = [each for each in (day, ends_on) if each is not None]
    return hours.day_span(zone, min(last_days)).end - _SECOND if last_days else None


def earlier(one: End, other: End) -> End:
    """The earlier of two ends, where None is never."""
    return min((each for each in (one, other) if each is not None), default=None)


def counting(needed: Collection[int], own: Mapping[int, End], accepted: Iterable[Accepted]) -> dict[int, End]:
    """Until when each of these certificates counts as held, by the way that lasts longest; without those that don't."""
    found = {certificate_id: own[certificate_id] for certificate_id in needed if certificate_id in own}
    for each in accepted:
        if each.certificate_id not in needed or each.foreign_id not in own:
            continue
        if each.briefing and each.briefing.id not in own:
            continue
        end = own[each.foreign_id]
        if each.briefing:
            end = earlier(end, own[each.briefing.id])
        known = found.get(each.certificate_id, end)
        found[each.certificate_id] = None if known is None or end is None else max(known, end)
    return found


def briefings_on_top(own: Mapping[int, End], accepted: Iterable[Accepted]) -> dict[int, OnTop]:
    """For each certificate the briefing with which a foreign one that is held would count, by the longest such way."""
    found: dict[int, OnTop] = {}
    for each in accepted:
        if each.briefing is None or each.foreign_id not in own:
            continue
        end, known = own[each.foreign_id], found.get(each.certificate_id)
        if known is None or (known.ends_at is not None and (end is None or end > known.ends_at)):
            found[each.certificate_id] = OnTop(each.briefing, end)
    return found


def is_over(end: End, until: datetime) -> bool:
    """Whether a certificate of this end is over before the instant is reached."""
    # An end is told by its last second, so what ends with that day at midnight is still within it.
    return end is not None and end + _SECOND < until


def turns(facts: Facts) -> Iterator[datetime]:
    """The instants from which on the certificates that the maker holds for the tool are over."""
    for id_ in facts.tool.certificate_ids:
        end = facts.maker.certificates.get(id_)
        if end is not None:
            yield end + _SECOND


def way_to(certificate_id: int, facts: Facts, until: datetime) -> Training:
    """What has to be done so that the certificate is held until then: its training, or a briefing on a foreign one."""
    maker = facts.maker
    on_top = maker.on_top.get(certificate_id)
    if on_top is not None and not is_over(on_top.ends_at, until):
        return on_top.briefing
    known = maker.trainings.get(certificate_id)
    return known or Training(certificate_id, maker.certificate_names.get(certificate_id, ""))


def certificate_missing(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The maker does not hold every certificate that the tool asks for, nor another that counts; all missing are named.

    Where a certificate of another space counts that she holds, what is missing is the briefing on top of it.

    Data: ids, names, briefing. Lifts: not known.
    """
    missing = [id_ for id_ in facts.tool.certificate_ids if id_ not in facts.maker.certificates]
    if not missing:
        return None
    ways = [way_to(id_, facts, ask.span.end) for id_ in missing]
    return because(
        "certificate_missing",
        ids=tuple(way.id for way in ways),
        names=tuple(way.name for way in ways),
        briefing=_next_briefing(ways, now),
    )


def certificate_expired(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """A held certificate ends before the asked time does, or `over` says that it has ended already.

    Data: id, name, ended, over, briefing. Lifts: not known.
    """
    for id_ in facts.tool.certificate_ids:
        ended = facts.maker.certificates.get(id_)
        if ended is not None and is_over(ended, ask.span.end):
            return because(
                "certificate_expired",
                id=id_,
                name=facts.maker.certificate_names.get(id_, ""),
                ended=ended.isoformat(),
                over=ended < now,
                briefing=_next_briefing([way_to(id_, facts, ask.span.end)], now),
            )
    return None


def _next_briefing(ways: Iterable[Training], now: datetime) -> str | None:
    """The first briefing to come, as data says it."""
    ahead = [way.briefing_at for way in ways if way.briefing_at is not None and way.briefing_at > now]
    return min(ahead).isoformat() if ahead else None
