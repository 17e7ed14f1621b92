"""What several tools of a space depend on: its list, its form, and declaring all of it out of order at once."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import supplies as actions
from booking.actions.outages import What
from booking.actions.spaces import managed
from booking.models import outages, supplies, tools
from booking.models.outages import OutageCard
from booking.models.supplies import SupplyCard
from booking.outside import clock
from booking.rules.refusals import Unacceptable
from booking.web import declaring
from booking.web.declaring import Desk
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

blueprint = Blueprint("supplies", __name__, url_prefix="/manage/spaces/<space>/supplies")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def listing(space: str) -> ResponseReturnValue:
    """What tools of the space depend on, with what is out of order, and the form for one more."""
    return _listing(space, {})


@blueprint.post("/")
@edge.access(edge.Access.SIGNED_IN)
def add(space: str) -> ResponseReturnValue:
    """Name something on which tools depend."""
    managed(edge.read_call(), space)
    try:
        edge.perform(actions.add, space, *_wish(Fields(request.form)))
    except Unacceptable as refused:
        return _listing(space, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("supplies.listing", space=space), 303)


@blueprint.get("/<bounded:supply_id>/")
@edge.access(edge.Access.SIGNED_IN)
def edit(space: str, supply_id: int) -> ResponseReturnValue:
    """The name of a supply and the tools that depend on it."""
    return _form(space, supply_id, {})


@blueprint.post("/<bounded:supply_id>/")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str, supply_id: int) -> ResponseReturnValue:
    """Change the name of a supply or the tools that depend on it."""
    _of(space, supply_id)
    try:
        edge.perform(actions.change, space, supply_id, *_wish(Fields(request.form)))
    except Unacceptable as refused:
        return _form(space, supply_id, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("supplies.listing", space=space), 303)


@blueprint.post("/<bounded:supply_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def remove(space: str, supply_id: int) -> ResponseReturnValue:
    """Forget a supply."""
    edge.perform(actions.remove, space, supply_id)
    flash(gettext("It is off the list."))
    return redirect(url_for("supplies.listing", space=space), 303)


@blueprint.get("/<bounded:supply_id>/outages")
@edge.access(edge.Access.SIGNED_IN)
def plan(space: str, supply_id: int) -> ResponseReturnValue:
    """Whom an outage of all that depends on a supply would touch."""
    return declaring.opened(_desk(space, supply_id))


@blueprint.post("/<bounded:supply_id>/outages")
@edge.access(edge.Access.SIGNED_IN)
def declare(space: str, supply_id: int) -> ResponseReturnValue:
    """Declare all that depends on a supply out of order."""
    return declaring.sent(_desk(space, supply_id))


def _wish(fields: Fields) -> tuple[str, tuple[int, ...]]:
    name = fields.line("name", actions.LONGEST_NAME)
    known = {value for value in request.form.getlist("tools") if value.isascii() and value.isdecimal()}
    chosen = fields.choices("tools", {value for value in known if len(value) < 19})
    fields.finish()
    return name, tuple(map(int, chosen))


def _of(space: str, supply_id: int) -> SupplyCard:
    return supplies.one(edge.session(), managed(edge.read_call(), space).id, supply_id)


def _desk(space: str, supply_id: int) -> Desk:
    owner, card = managed(edge.read_call(), space), _of(space, supply_id)
    address = url_for("supplies.plan", space=space, supply_id=supply_id)
    back = url_for("supplies.listing", space=space)
    return Desk(owner, What(space, supply_id=supply_id), card.name, address, back)


def _listing(space: str, errors: dict[str, str]) -> str:
    owner, session = managed(edge.read_call(), space), edge.session()
    found = supplies.of_space(session, owner.id)
    lasting = outages.of_supplies(session, [card.id for card in found], clock.now())
    first: dict[int, OutageCard] = {}
    for outage in lasting:
        first.setdefault(outage.supply_id or 0, outage)
    cards = tools.tool_cards(session, space_id=owner.id)
    return render_template(
        "supplies/listing.html",
        space=owner,
        supplies=found,
        outages=first,
        slugs={card.id: card.slug for card in cards},
        tools=[(str(card.id), card.name) for card in cards],
        chosen=request.form.getlist("tools"),
        typed=request.form,
        errors=errors,
    )


def _form(space: str, supply_id: int, errors: dict[str, str]) -> str:
    owner, card = managed(edge.read_call(), space), _of(space, supply_id)
    cards = tools.tool_cards(edge.session(), space_id=owner.id)
    return render_template(
        "supplies/edit.html",
        space=owner,
        supply=card,
        tools=[(str(each.id), each.name) for each in cards],
        chosen=request.form.getlist("tools") if request.form else [str(each) for each in card.tool_ids],
        typed=request.form or {"name": card.name},
        errors=errors,
    )
