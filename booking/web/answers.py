"""What the link in a manager's mail opens: one request, and two buttons. Reading it changes nothing."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions import answers as actions
from booking.models.bookings import BookingCard
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

LONGEST_REASON = 500
ANSWERS = ("yes", "no")

blueprint = Blueprint("answers", __name__)


@blueprint.get("/answers/<token>")
@edge.access(edge.Access.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """The request, for whoever holds the link; one that answers no more says so."""
    try:
        found = actions.opened(edge.read_call(), token)
    except Absent:
        return _gone()
    return _page(found.card, token, [])


@blueprint.post("/answers/<token>")
@edge.access(edge.Access.PUBLIC)
def answer(token: str) -> ResponseReturnValue:
    """Approve or decline as the one to whom the link was sent."""
    try:
        card = actions.opened(edge.read_call(), token).card
        fields = Fields(request.form)
        approved = fields.choice("answer", ANSWERS) == "yes"
        reason = fields.text("reason", LONGEST_REASON, required=False)
        if not approved and not reason:
            fields.problem("reason", "reason_needed")
        fields.finish()
        decided = edge.perform(actions.answer, token, approved, reason)
    except Absent:
        return _gone()
    except Unacceptable as unacceptable:
        return _page(card, token, list(problem_sentences(unacceptable).values()), 422)
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, card.time_zone)
        return _page(card, token, sentences, 409 if refused.is_conflict else 422)
    return _private(render_template("answers/done.html", booking=decided), 200)


def _page(card: BookingCard, token: str, sentences: list[str], status: int = 200) -> Response:
    page = render_template("answers/show.html", booking=card, token=token, sentences=sentences)
    return _private(page, status)


def _gone() -> Response:
    return _private(render_template("answers/gone.html"), 410)


def _private(page: str, status: int) -> Response:
    """A page whose address holds a secret, which nobody keeps a copy of."""
    return Response(page, status, headers={"Cache-Control": "private, no-store"})
