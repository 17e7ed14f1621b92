"""The page on which people make API tokens and revoke them."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import tokens as actions
from booking.models import tokens
from booking.outside import clock
from booking.rules.refusals import Refused, Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

LONGEST_NAME = 80
DAYS = ("30", "90", "365")

blueprint = Blueprint("tokens", __name__, url_prefix="/profile/tokens")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's own tokens, with a form for another one."""
    return _page({})


@blueprint.post("/")
@edge.access(edge.Access.SIGNED_IN)
def create() -> ResponseReturnValue:
    """Make a token and show its secret, this once."""
    fields = Fields(request.form)
    try:
        name = fields.line("name", LONGEST_NAME)
        scope = fields.choice("scope", actions.SCOPES)
        days = fields.choice("days", DAYS)
        fields.finish()
        _card, secret = edge.perform(actions.create, name, scope, clock.now() + timedelta(days=int(days)))
    except Unacceptable as refused:
        return _page(problem_sentences(refused)), 422
    except Refused:
        return _page({"name": gettext("You have many tokens already. Revoke one first.")}), 422
    return _page({}, secret), 201


@blueprint.post("/<bounded:token_id>/revoke")
@edge.access(edge.Access.SIGNED_IN)
def revoke(token_id: int) -> ResponseReturnValue:
    """Let one of one's tokens work no more."""
    edge.perform(actions.revoke, token_id)
    flash(gettext("That token works no more."))
    return redirect(url_for("tokens.mine"), 303)


def _page(errors: dict[str, str], secret: str | None = None) -> str:
    found = tokens.mine(edge.session(), edge.asker().account_id, clock.now())
    typed = {} if secret else request.form
    return render_template("tokens/mine.html", tokens=found, errors=errors, typed=typed, secret=secret, now=clock.now())
