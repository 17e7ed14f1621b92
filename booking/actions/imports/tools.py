"""Lines of a table of tools: matched by slug, else by name with make and model, so that equal names stay apart."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from booking.actions import tools as making
from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.known import Known
from booking.actions.imports.report import CHANGED_MEANWHILE, Judged, Outcome, Verdict
from booking.actions.imports.scope import Scope
from booking.models import kinds, tool_rows, tools
from booking.models.kinds import KindCard
from booking.models.spaces import SpaceCard
from booking.models.tools import ToolSheet
from booking.rules.capabilities import LARGEST_NUMBER, CapabilitySpec, checked
from booking.rules.catalogue import APPROVAL, MOST_UNITS, TOOL_LIMITS, TOOL_TEXTS, ToolWish, check_tool
from booking.rules.csv_rows import Line, Table, yes_or_no
from booking.rules.facts import Approval
from booking.rules.refusals import Unacceptable

_OWN = ("space", "kind", "slug", "units", "training")
_NOT_COLUMNS = ("kind_slug", "capabilities", "certificate_ids", "unit_count")
_ONE_LINE = {name: longest for name, longest in TOOL_TEXTS.items() if name != "description"}


def columns(call: Call) -> tuple[str, ...]:
    """The columns that such a table may have; each capability of a kind is one."""
    wished = (field.name for field in fields(ToolWish) if field.name not in _NOT_COLUMNS)
    stated = (spec.slug for card in kinds.kind_cards(call.session) for spec in card.capabilities)
    return (*_OWN, *wished, *stated)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a line asks for: a wish over a tool or for a new one with that slug, and the name of a training it needs."""

    space: SpaceCard
    kind: KindCard
    before: ToolSheet | None
    wish: ToolWish
    slug: str
    training: str


def judge(call: Call, scope: Scope, table: Table) -> Callable[[Line], Judged]:
    """What judges one line after another."""
    known = Known(call, scope)
    names = Counter((line.text("space").casefold(), line.text("name").casefold()) for line in table.lines)

    def take(line: Line) -> Judged:
        cells = Cells(line)
        space, kind = known.space(cells), known.kind(cells)
        if not cells.given("name"):
            cells.problem("name", "required")
        cells.finish()
        alone = names[line.text("space").casefold(), line.text("name").casefold()] == 1
        known.compare(cells, space, kind, line.number)
        before = known.tool(cells, space, alone=alone)
        wish = _wish(cells, kind, before)
        units = _units(cells, before)
        cells.finish()
        wish = replace(wish, capabilities=checked(kind.capabilities, wish.capabilities), unit_count=units)
        check_tool(wish)
        wish, training = _with_certificate(cells, known, space, kind, wish, before is None)
        outcome = _outcome(call, kind, before, wish, training)
        verdict = Verdict(line.number, wish.name, outcome, remarks=tuple(cells.remarks))
        if outcome is Outcome.UNCHANGED:
            return Judged(verdict)
        slug = "" if before else known.free_slug(space, kind, wish.name, cells.given("slug"))
        wanted = _Wanted(space, kind, before, wish, slug, training)
        return Judged(verdict, lambda writing: _write(writing, verdict, wanted))

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


def _with_certificate(
    cells: Cells, known: Known, space: SpaceCard, kind: KindCard, wish: ToolWish, is_new: bool
) -> tuple[ToolWish, str]:
    """The wish, asking for the kind's training where the line says so; that training's name where it is yet to be made.

    What is neither yes nor no needs a look: until then nobody uses a new tool without being asked about, unless the
    line itself says who approves. A tool that is there keeps its certificates and its approval.
    """
    said = cells.given("training")
    needed = yes_or_no(said)
    if needed is None:
        is_held = is_new and not cells.given("approval")
        cells.remark("training", "training_unclear" if is_held else "training_left", said=said[:80])
        return (replace(wish, approval=Approval.ALWAYS.value) if is_held else wish), ""
    if not needed:
        return wish, ""
    certificate_id, name = known.training(space, kind)
    cells.remark("training", "training_asked", certificate=name)
    return (wish, name) if certificate_id is None else (_asking_for(wish, certificate_id), "")


def _asking_for(wish: ToolWish, certificate_id: int) -> ToolWish:
    return replace(wish, certificate_ids=tuple(sorted({*wish.certificate_ids, certificate_id})))


def _outcome(call: Call, kind: KindCard, before: ToolSheet | None, wish: ToolWish, training: str) -> Outcome:
    if before is None:
        return Outcome.CREATED
    if wish == before.wish and not training:
        return Outcome.UNCHANGED
    making.keep_booked_kind(call, before.card, kind)
    return Outcome.UPDATED


def _write(call: Call, verdict: Verdict, wanted: _Wanted) -> Verdict:
    before, space = wanted.before, wanted.space
    if before is not None:
        tool_rows.lock(call.session, before.card.id)
        if tools.tool_sheet(call.session, space.slug, before.card.slug).version != before.version:
            raise Unacceptable(CHANGED_MEANWHILE)
        making.keep_booked_kind(call, before.card, wanted.kind)
    wish = _asking_for(wanted.wish, _trained(call, space, wanted.training)) if wanted.training else wanted.wish
    if before is None:
        is_free = wanted.slug not in tool_rows.slugs(call.session, space.id, wanted.slug)
        making.add(call, space, wanted.kind, wish, wanted.slug if is_free else "")
        return verdict
    making.apply(call, before, wanted.kind, wish)
    more = wish.unit_count - before.wish.unit_count
    if more > 0:
        tool_rows.add_units(call.session, before.card.id, more)
        tool_rows.raise_version(call.session, before.card.id, call.now)
    return verdict


def _trained(call: Call, space: SpaceCard, name: str) -> int:
    """The id of the space's certificate of this name, which a line before may have added."""
    rows = tool_rows.certificates_of(call.session, space.id)
    found = next((id_ for id_, each in rows.items() if each == name), None)
    if found is None:
        found = tool_rows.add_certificate(call.session, space.id, name)
        call.note("certificate_added", "certificate", found, space.id, name=name)
    return found
