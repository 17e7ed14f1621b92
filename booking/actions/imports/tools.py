"""Lines of a table of tools: matched by slug, else by name with make and model, so that equal names stay apart."""

from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from booking.actions import tools as making
from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.known import Known
from booking.actions.imports.report import Outcome, Verdict
from booking.actions.imports.scope import Scope
from booking.models import kinds, tool_rows
from booking.models.kinds import KindCard
from booking.models.spaces import SpaceCard
from booking.models.tools import ToolSheet
from booking.rules.capabilities import LARGEST_NUMBER, CapabilitySpec, checked
from booking.rules.catalogue import APPROVAL, MOST_UNITS, TOOL_LIMITS, TOOL_TEXTS, ToolWish, check_tool
from booking.rules.csv_rows import Line, Table, yes_or_no

_OWN = ("space", "kind", "slug", "units", "training")
_NOT_COLUMNS = ("kind_slug", "capabilities", "certificate_ids", "unit_count")
_ONE_LINE = {name: longest for name, longest in TOOL_TEXTS.items() if name != "description"}


def columns(call: Call) -> tuple[str, ...]:
    """The columns that such a table may have; each capability of a kind is one."""
    wished = (field.name for field in fields(ToolWish) if field.name not in _NOT_COLUMNS)
    stated = (spec.slug for card in kinds.kind_cards(call.session) for spec in card.capabilities)
    return (*_OWN, *wished, *stated)


def taker(call: Call, scope: Scope, table: Table) -> Callable[[Line], Verdict]:
    """What takes one line after another."""
    known = Known(call, scope)
    names = Counter((line.text("space").casefold(), line.text("name").casefold()) for line in table.lines)

    def take(line: Line) -> Verdict:
        cells = Cells(line)
        space, kind = known.space(cells), known.kind(cells)
        if not cells.given("name"):
            cells.problem("name", "required")
        cells.finish()
        alone = names[line.text("space").casefold(), line.text("name").casefold()] == 1
        before = known.tool(cells, space, alone=alone)
        wish = _wish(cells, kind, before)
        units = _units(cells, before)
        cells.finish()
        wish = replace(wish, capabilities=checked(kind.capabilities, wish.capabilities), unit_count=units)
        check_tool(wish)
        wish = _with_certificate(cells, known, space, kind, wish)
        outcome = _write(call, known, space, kind, before, wish, cells.given("slug"))
        return Verdict(line.number, wish.name, outcome, remarks=tuple(cells.remarks))

    return take


def _wish(cells: Cells, kind: KindCard, before: ToolSheet | None) -> ToolWish:
    present = before.wish if before else ToolWish(kind_slug=kind.slug, name="")
    texts = {name: cells.line(name, longest, getattr(present, name)) for name, longest in _ONE_LINE.items()}
    limits = {name: cells.whole(name, bounds, getattr(present, name)) for name, bounds in TOOL_LIMITS.items()}
    simple: dict[str, Any] = texts | limits
    return replace(
        present,
        **simple,
        kind_slug=kind.slug,
        description=cells.text("description", TOOL_TEXTS["description"], present.description),
        step_free=cells.flag("step_free", present.step_free),
        unattended=cells.flag("unattended", present.unattended),
        approval=cells.choice("approval", APPROVAL, present.approval),
        capabilities=_capabilities(cells, kind, present),
    )


def _capabilities(cells: Cells, kind: KindCard, present: ToolWish) -> dict[str, object]:
    kept = {spec.slug for spec in kind.capabilities} & set(present.capabilities)
    stated = {slug: present.capabilities[slug] for slug in kept}
    return stated | {spec.slug: _stated(cells, spec) for spec in kind.capabilities if cells.given(spec.slug)}


def _stated(cells: Cells, spec: CapabilitySpec) -> object:
    if spec.type == "number":
        return cells.decimal(spec.slug, (0, LARGEST_NUMBER), None)
    if spec.type == "flag":
        return cells.flag(spec.slug, False)
    return cells.choice(spec.slug, spec.choices, "")


def _units(cells: Cells, before: ToolSheet | None) -> int:
    present = before.wish.unit_count if before else 1
    if not cells.given("units"):
        if before is None:
            cells.remark("units", "units_assumed")
        return present
    asked = cells.whole("units", (1, MOST_UNITS), present)
    if asked < present:
        cells.remark("units", "units_kept", present=present, asked=asked)
    return max(asked, present)


def _with_certificate(cells: Cells, known: Known, space: SpaceCard, kind: KindCard, wish: ToolWish) -> ToolWish:
    """The wish, asking for the kind's training where the line says so; what is neither yes nor no needs a look."""
    needed = yes_or_no(cells.given("training"))
    if needed is None:
        cells.remark("training", "training_unclear", said=cells.given("training")[:80])
    if not needed:
        return wish
    certificate_id, name = known.training(space, kind)
    cells.remark("training", "training_asked", certificate=name)
    return replace(wish, certificate_ids=tuple(sorted({*wish.certificate_ids, certificate_id})))


def _write(
    call: Call,
    known: Known,
    space: SpaceCard,
    kind: KindCard,
    before: ToolSheet | None,
    wish: ToolWish,
    slug: str,
) -> Outcome:
    if before is None:
        making.add(call, space, kind, wish, known.free_slug(space, kind, wish.name, slug))
        return Outcome.CREATED
    more = wish.unit_count - before.wish.unit_count
    after = making.apply(call, before, kind, wish)
    if more > 0:
        tool_rows.add_units(call.session, before.card.id, more)
        tool_rows.raise_version(call.session, before.card.id, call.now)
    return Outcome.UNCHANGED if after is before and more <= 0 else Outcome.UPDATED
