"""Lines of a table of spaces: matched by their slug, or by the slug that their name gives."""

from collections.abc import Callable
from dataclasses import replace

from booking.actions import spaces as making
from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.report import CHANGED_MEANWHILE, Judged, Outcome, Verdict
from booking.actions.imports.scope import Scope, spaces_by_slug
from booking.models import spaces
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.catalogue import BOOKABLE_BY, JOINING, SPACE_TEXTS, VISIBILITY, SpaceWish, check_space
from booking.rules.csv_rows import Line, Table
from booking.rules.refusals import Unacceptable
from config import LANGUAGES

_ONE_LINE = {name: longest for name, longest in SPACE_TEXTS.items() if name not in ("description", "country")}


def columns(_call: Call) -> tuple[str, ...]:
    """The columns that such a table may have."""
    return ("slug", *SpaceWish.__slots__)


def judge(call: Call, scope: Scope, _table: Table) -> Callable[[Line], Judged]:
    """What judges one line after another."""
    present = spaces_by_slug(call, scope)
    seen: dict[str, int] = {}

    def take(line: Line) -> Judged:
        cells = Cells(line)
        slug = _slug(cells)
        if slug in seen:
            cells.problem("slug", "same_as_line", line=seen[slug])
        seen.setdefault(slug, line.number)
        before = present.get(slug)
        wish = _wish(cells, before)
        cells.finish()
        check_space(wish, LANGUAGES)
        if before is None:
            cells.remark("line", "no_hours_yet")
        elif spaces.wish_of(before) == wish:
            return Judged(Verdict(line.number, wish.name, Outcome.UNCHANGED, remarks=tuple(cells.remarks)))
        outcome = Outcome.UPDATED if before else Outcome.CREATED
        verdict = Verdict(line.number, wish.name, outcome, remarks=tuple(cells.remarks))
        return Judged(verdict, lambda writing: _write(writing, verdict, slug, before, wish))

    return take


def _slug(cells: Cells) -> str:
    given = cells.given("slug")
    slug = text.slug(given or cells.given("name"), default="space")
    if given and slug != given:
        cells.remark("slug", "slug_changed", slug=slug)
    return slug


def _wish(cells: Cells, before: SpaceCard | None) -> SpaceWish:
    present = spaces.wish_of(before) if before else SpaceWish(name="", time_zone="")
    texts = {name: cells.line(name, longest, getattr(present, name)) for name, longest in _ONE_LINE.items()}
    return replace(
        present,
        **texts,
        description=cells.text("description", SPACE_TEXTS["description"], present.description),
        country=cells.line("country", 2, present.country).upper(),
        time_zone=cells.given("time_zone") or present.time_zone,
        latitude=cells.decimal("latitude", (-90, 90), present.latitude),
        longitude=cells.decimal("longitude", (-180, 180), present.longitude),
        language=cells.choice("language", LANGUAGES, present.language),
        visibility=cells.choice("visibility", VISIBILITY, present.visibility),
        publishes=cells.flag("publishes", present.publishes),
        joining=cells.choice("joining", JOINING, present.joining),
        bookable_by=cells.choice("bookable_by", BOOKABLE_BY, present.bookable_by),
    )


def _write(call: Call, verdict: Verdict, slug: str, before: SpaceCard | None, wish: SpaceWish) -> Verdict:
    if before is None:
        if slug in spaces.slugs(call.session, slug):
            raise Unacceptable(CHANGED_MEANWHILE)
        making.add(call, wish, slug)
        return verdict
    present = spaces.held(call.session, before.id)
    if present.version != before.version:
        raise Unacceptable(CHANGED_MEANWHILE)
    making.apply(call, present, wish)
    return verdict
