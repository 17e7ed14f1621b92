"""Questions about spaces: their cards, and when they are open."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select

from booking.models.database import Session
from booking.models.tables.spaces import Closure, MakeUpDay, Opening, Space, SpecialDay, Staffed
from booking.rules import facts
from booking.rules.catalogue import SpaceWish
from booking.rules.facts import BookableBy, Visibility
from booking.rules.refusals import Absent

Row = TypeVar("Row", Opening, Closure, SpecialDay, MakeUpDay, Staffed)


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """A space as pages, calendars and the interface show it; `joining` is open, request or invitation."""

    id: int
    slug: str
    name: str
    city: str
    country: str
    time_zone: str
    language: str
    latitude: float | None
    longitude: float | None
    visibility: Visibility
    publishes: bool
    joining: str
    bookable_by: BookableBy
    description: str
    address: str
    contact: str
    version: int
    changed_at: datetime


def space_card(session: Session, slug: str) -> SpaceCard:
    """The space of that slug; raises Absent when there is none."""
    row = session.scalars(select(Space).where(Space.slug == slug)).one_or_none()
    if row is None:
        raise Absent
    return card_of(row)


def space_cards(
    session: Session,
    *,
    space_ids: Collection[int] | None = None,
    after: tuple[str, int] | None = None,
    limit: int | None = None,
) -> tuple[SpaceCard, ...]:
    """Spaces by name and then id, all or those of the ids; `after` is the name and id of the last one seen."""
    question = select(Space).order_by(Space.name, Space.id).limit(limit)
    if space_ids is not None:
        question = question.where(Space.id.in_(space_ids))
    if after is not None:
        question = question.where(_beyond(after))
    return tuple(card_of(row) for row in session.scalars(question))


def card_of(row: Space) -> SpaceCard:
    """A row as a card."""
    return SpaceCard(
        id=row.id,
        slug=row.slug,
        name=row.name,
        city=row.city,
        country=row.country,
        time_zone=row.time_zone,
        language=row.language,
        latitude=row.latitude,
        longitude=row.longitude,
        visibility=Visibility(row.visibility),
        publishes=row.publishes,
        joining=row.joining,
        bookable_by=BookableBy(row.bookable_by),
        description=row.description,
        address=row.address,
        contact=row.contact,
        version=row.version,
        changed_at=row.changed_at,
    )


def wish_of(card: SpaceCard) -> SpaceWish:
    """A card as the wish that would leave it as it is."""
    return SpaceWish(**{field.name: getattr(card, field.name) for field in fields(SpaceWish)})


def has_words(card: SpaceCard, words: Iterable[str]) -> bool:
    """Whether the name, the city and the address together hold each of these words, which are case-folded."""
    text = f"{card.name} {card.city} {card.address}".casefold()
    return all(word in text for word in words)


def named(session: Session, slugs: Collection[str]) -> dict[str, tuple[int, str]]:
    """Id and name of each of these spaces that there is, by its slug; one query at most."""
    rows = session.execute(select(Space.slug, Space.id, Space.name).where(Space.slug.in_(slugs))) if slugs else ()
    return {slug: (space_id, name) for slug, space_id, name in rows}


def space_of(session: Session, space_id: int) -> SpaceCard:
    """The space of that id; raises Absent when there is none."""
    row = session.get(Space, space_id)
    if row is None:
        raise Absent
    return card_of(row)


def slugs(session: Session, beginning: str) -> frozenset[str]:
    """The slugs of spaces that begin like this."""
    return frozenset(session.scalars(select(Space.slug).where(Space.slug.startswith(beginning, autoescape=True))))


def add(session: Session, slug: str, wish: SpaceWish, now: datetime) -> SpaceCard:
    """Add a space, without opening hours."""
    row = Space(slug=slug, created_at=now, changed_at=now, version=1, **asdict(wish))
    session.add(row)
    session.flush()
    return card_of(row)


def held(session: Session, space_id: int) -> SpaceCard:
    """The space as it is now, held until the transaction ends: nobody else changes it meanwhile."""
    question = select(Space).where(Space.id == space_id).with_for_update(key_share=True)
    return card_of(session.execute(question, execution_options={"populate_existing": True}).scalar_one())


def change(session: Session, space_id: int, wish: SpaceWish, now: datetime) -> SpaceCard:
    """Give a space these columns, a higher version and the instant of the change."""
    row = session.get_one(Space, space_id)
    for name, value in asdict(wish).items():
        setattr(row, name, value)
    row.version, row.changed_at = row.version + 1, now
    session.flush()
    return card_of(row)


def hours_of(session: Session, space_ids: Collection[int]) -> dict[int, facts.Hours]:
    """When each of these spaces is open, by id, in six queries however many there are; unknown ids are left out."""
    zones = session.execute(select(Space.id, Space.time_zone).where(Space.id.in_(space_ids))).all()
    weekly = _by_space(session.scalars(select(Opening).where(Opening.space_id.in_(space_ids))))
    closed = _by_space(session.scalars(select(Closure).where(Closure.space_id.in_(space_ids))))
    special = _by_space(session.scalars(select(SpecialDay).where(SpecialDay.space_id.in_(space_ids))))
    make_up = _by_space(session.scalars(select(MakeUpDay).where(MakeUpDay.space_id.in_(space_ids))))
    staffed = _by_space(session.scalars(select(Staffed).where(Staffed.space_id.in_(space_ids))))
    return {
        space_id: facts.Hours(
            zone,
            _weekly(weekly.get(space_id, [])),
            _closed(closed.get(space_id, [])),
            _special(special.get(space_id, [])),
            _make_up(make_up.get(space_id, [])),
            _staffed(staffed.get(space_id, [])),
        )
        for space_id, zone in zones
    }


def _weekly(rows: list[Opening]) -> tuple[facts.WeeklyOpening, ...]:
    found = (facts.WeeklyOpening(row.weekday, row.opens, row.closes, row.first_day, row.last_day) for row in rows)
    return tuple(sorted(found, key=lambda row: (row.weekday, row.opens, row.first or date.min)))


def _staffed(rows: list[Staffed]) -> tuple[facts.WeeklyOpening, ...]:
    found = (facts.WeeklyOpening(row.weekday, row.opens, row.closes) for row in rows)
    return tuple(sorted(found, key=attrgetter("weekday", "opens")))


def _make_up(rows: list[MakeUpDay]) -> tuple[facts.MakeUpDay, ...]:
    found = (facts.MakeUpDay(row.day, row.like_weekday) for row in rows)
    return tuple(sorted(found, key=attrgetter("day")))


def _closed(rows: list[Closure]) -> tuple[facts.ClosedDays, ...]:
    found = (facts.ClosedDays(row.first_day, row.last_day, row.reason) for row in rows)
    return tuple(sorted(found, key=attrgetter("first", "last")))


def _special(rows: list[SpecialDay]) -> tuple[facts.SpecialDay, ...]:
    found = (facts.SpecialDay(row.day, row.opens, row.closes) for row in rows)
    return tuple(sorted(found, key=attrgetter("day", "opens")))


def _by_space(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.space_id, []).append(row)
    return found


def _beyond(after: tuple[str, int]) -> ColumnElement[bool]:
    name, space_id = after
    return or_(Space.name > name, and_(Space.name == name, Space.id > space_id))
