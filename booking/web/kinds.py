"""The network's kinds of tools and what they can state, for its admins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import kinds as actions
from booking.models import kinds
from booking.rules.capabilities import TYPES, CapabilitySpec
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.kinds import KINDS, capability_name, choice_name, kind_name
from booking.wording.problems import problem_sentences

LONGEST_CHOICES = 2_000

blueprint = Blueprint("kinds", __name__, url_prefix="/manage/kinds")


@blueprint.get("/")
@edge.access(edge.Access.ADMIN)
def listing() -> ResponseReturnValue:
    """Every kind, with how many tools there are of it."""
    return _listing({})


@blueprint.post("/")
@edge.access(edge.Access.ADMIN)
def add() -> ResponseReturnValue:
    """Add a kind."""
    fields = Fields(request.form)
    try:
        name, art = fields.line("name", actions.LONGEST_NAME), fields.choice("art", tuple(KINDS))
        fields.finish()
        card = edge.perform(actions.add, name, art)
    except Unacceptable as refused:
        return _listing(problem_sentences(refused)), 422
    flash(gettext("The kind is there. Now say what its tools can state."))
    return redirect(url_for("kinds.show", kind=card.slug), 303)


@blueprint.get("/<kind>/")
@edge.access(edge.Access.ADMIN)
def show(kind: str) -> ResponseReturnValue:
    """A kind and its capabilities."""
    return _page(kind, {})


@blueprint.post("/<kind>/")
@edge.access(edge.Access.ADMIN)
def add_capability(kind: str) -> ResponseReturnValue:
    """Add a capability to a kind."""
    fields = Fields(request.form)
    try:
        spec = CapabilitySpec(
            slug="",
            name=fields.line("name", actions.LONGEST_NAME),
            type=fields.choice("type", TYPES),
            unit=fields.line("unit", actions.LONGEST_UNIT, required=False),
            choices=tuple(each.strip() for each in fields.text("choices", LONGEST_CHOICES, required=False).split("\n")),
        )
        fields.collect(lambda: actions.checked_capability(kinds.kind_card(edge.session(), kind), spec))
        fields.finish()
        edge.perform(actions.add_capability, kind, spec)
    except Unacceptable as refused:
        return _page(kind, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("kinds.show", kind=kind), 303)


def _listing(errors: dict[str, str]) -> str:
    session = edge.session()
    cards = sorted(kinds.kind_cards(session), key=lambda card: kind_name(card.slug, card.name).casefold())
    return render_template(
        "kinds/listing.html",
        kinds=cards,
        numbers=kinds.tools_by_kind(session),
        pictures=[(slug, kind_name(slug)) for slug in KINDS],
        kind_name=kind_name,
        capability_name=capability_name,
        errors=errors,
        typed=request.form,
    )


def _page(kind: str, errors: dict[str, str]) -> str:
    return render_template(
        "kinds/show.html",
        kind=kinds.kind_card(edge.session(), kind),
        kind_name=kind_name,
        capability_name=capability_name,
        choice_name=choice_name,
        errors=errors,
        typed=request.form,
    )
