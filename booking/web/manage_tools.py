"""The tools of a managed space: their list, and the form in which one is described."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import tools as actions
from booking.actions.spaces import managed
from booking.models import kinds, tool_rows, tools
from booking.models.kinds import KindCard
from booking.models.spaces import SpaceCard
from booking.models.tools import ToolSheet
from booking.rules.arrivals import LONGEST_GRACE_MINUTES
from booking.rules.capabilities import LARGEST_NUMBER, PREFIX, CapabilitySpec
from booking.rules.catalogue import APPROVAL, MOST_UNITS, TOOL_LIMITS, TOOL_TEXTS, ToolWish, check_tool
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.web.cursors import next_cursor, read_cursor
from booking.web.forms import Fields
from booking.wording.kinds import capability_name, choice_name, kind_name
from booking.wording.problems import problem_sentences

PAGE = 50

blueprint = Blueprint("manage_tools", __name__, url_prefix="/manage/spaces/<space>/tools")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def listing(space: str) -> ResponseReturnValue:
    """The tools of a space by name, retired ones too."""
    card = managed(edge.read_call(), space)
    found = tools.tool_cards(edge.session(), space_id=card.id, retired=True, after=read_cursor(), limit=PAGE + 1)
    return render_template(
        "manage/tools.html",
        space=card,
        tools=found[:PAGE],
        further=next_cursor(found, PAGE),
        kind_name=kind_name,
        kinds=_kind_choices(kinds.kind_cards(edge.session())),
    )


@blueprint.get("/new")
@edge.access(edge.Access.SIGNED_IN)
def new(space: str) -> ResponseReturnValue:
    """The form for a new tool of the kind in the address."""
    card = managed(edge.read_call(), space)
    kind = kinds.kind_card(edge.session(), request.args.get("kind", ""))
    return _form(card, kind, None, _typed(ToolWish(kind.slug, "")), {})


@blueprint.post("/new")
@edge.access(edge.Access.SIGNED_IN)
def create(space: str) -> ResponseReturnValue:
    """Add a tool."""
    card = managed(edge.read_call(), space)
    kind = _asked_kind()
    fields = Fields(request.form)
    try:
        wish = _wish(fields, kind, card.id)
        fields.finish()
        sheet = edge.perform(actions.create, space, wish)
    except Unacceptable as refused:
        return _form(card, kind, None, request.form, problem_sentences(refused)), 422
    flash(gettext("The tool is there. A photo helps people to find it."))
    return redirect(url_for("photos.of_tool", space=space, tool=sheet.card.slug), 303)


@blueprint.get("/<tool>/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str, tool: str) -> ResponseReturnValue:
    """A tool as its managers describe it; another kind may be given in the address."""
    card = managed(edge.read_call(), space)
    sheet = tools.tool_sheet(edge.session(), space, tool)
    kind = kinds.kind_card(edge.session(), request.args.get("kind", sheet.card.kind_slug))
    return _form(card, kind, sheet, _typed(sheet.wish), {})


@blueprint.post("/<tool>/")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str, tool: str) -> ResponseReturnValue:
    """Change what is said about a tool."""
    card = managed(edge.read_call(), space)
    sheet, kind = tools.tool_sheet(edge.session(), space, tool), _asked_kind()
    fields = Fields(request.form)
    try:
        wish, version = _wish(fields, kind, card.id), fields.whole("version", 1, 2**31)
        fields.finish()
        edge.perform(actions.change, space, tool, wish, version)
    except Unacceptable as refused:
        return _form(card, kind, sheet, request.form, problem_sentences(refused)), 422
    except Refused:
        told = gettext("Somebody else changed this meanwhile. Open the page again and repeat your change.")
        return _form(card, kind, sheet, request.form, {"name": told}), 409
    flash(gettext("Saved."))
    return redirect(url_for("manage_tools.show", space=space, tool=tool), 303)


def _asked_kind() -> KindCard:
    try:
        return kinds.kind_card(edge.session(), request.form.get("kind", ""))
    except Absent:
        return kinds.kind_card(edge.session(), "other")


def _wish(fields: Fields, kind: KindCard, space_id: int) -> ToolWish:
    certificates = tool_rows.certificates_of(edge.session(), space_id)
    texts: dict[str, Any] = {
        name: fields.line(name, longest, required=name == "name")
        for name, longest in TOOL_TEXTS.items()
        if name != "description"
    }
    limits: dict[str, Any] = {name: fields.whole(name, low, high) for name, (low, high) in TOOL_LIMITS.items()}
    chosen = fields.choices("certificates", [str(each) for each in certificates])
    wish = ToolWish(
        kind_slug=fields.choice("kind", (kind.slug,)),
        description=fields.text("description", TOOL_TEXTS["description"], required=False),
        step_free=fields.flag("step_free"),
        unattended=fields.flag("unattended"),
        approval=fields.choice("approval", APPROVAL),
        check_in_minutes=fields.optional_whole("check_in_minutes", 1, LONGEST_GRACE_MINUTES),
        capabilities={spec.slug: _capability(fields, spec) for spec in kind.capabilities},
        certificate_ids=tuple(int(each) for each in chosen),
        unit_count=fields.optional_whole("unit_count", 1, MOST_UNITS) or 1,
        **texts,
        **limits,
    )
    fields.collect(lambda: check_tool(wish))
    return wish


def _capability(fields: Fields, spec: CapabilitySpec) -> object:
    name = PREFIX + spec.slug
    if spec.type == "number":
        return fields.optional_decimal(name, 0, LARGEST_NUMBER)
    chosen = fields.choice(name, ("", *(("yes", "no") if spec.type == "flag" else spec.choices)))
    return {"yes": True, "no": False}.get(chosen) if spec.type == "flag" else chosen or None


def _typed(wish: ToolWish) -> dict[str, object]:
    """A wish as its form holds it."""
    stated = {PREFIX + slug: _shown(value) for slug, value in wish.capabilities.items()}
    return asdict(wish) | stated | {"certificates": [str(each) for each in wish.certificate_ids]}


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # All its digits and no exponent: what is shown is what the form sends back.
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def _choice_pairs(spec: CapabilitySpec) -> list[tuple[str, str]]:
    """What may be chosen for a capability that is no number, beginning with nothing."""
    if spec.type == "flag":
        return [("", "–"), ("yes", gettext("yes")), ("no", gettext("no"))]
    return [("", "–"), *((choice, choice_name(choice)) for choice in spec.choices)]


def _kind_choices(cards: tuple[KindCard, ...]) -> list[tuple[str, str]]:
    return sorted(((card.slug, kind_name(card.slug, card.name)) for card in cards), key=lambda pair: pair[1].casefold())


def _form(
    card: SpaceCard, kind: KindCard, sheet: ToolSheet | None, typed: Mapping[str, object], errors: dict[str, str]
) -> str:
    chosen = request.form.getlist("certificates") if request.form else typed.get("certificates", [])
    return render_template(
        "manage/tool.html",
        space=card,
        kind=kind,
        sheet=sheet,
        typed=typed,
        errors=errors,
        chosen=chosen,
        certificates=tool_rows.certificates_of(edge.session(), card.id),
        kinds=_kind_choices(kinds.kind_cards(edge.session())),
        kind_name=kind_name,
        capability_name=capability_name,
        choice_pairs=_choice_pairs,
        prefix=PREFIX,
    )
