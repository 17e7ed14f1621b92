"""How long an answer usually takes at a space, said where somebody searches, asks or waits for one.

This belongs to the blueprint of answers.
"""

from collections.abc import Collection
from datetime import timedelta

from flask_babel import gettext

from booking import edge
from booking.models import answering_times
from booking.outside import clock
from booking.web.answers import blueprint as blueprint
from booking.wording.display import f_duration

LOOKED_BACK = timedelta(days=90)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"usual_answer": usual_answer}


def usual_answer(space_id: int) -> str:
    """The sentence of one space, from the answers of the last 90 days; empty where they are too few. One query."""
    return usual_answers({space_id}).get(space_id, "")


def usual_answers(space_ids: Collection[int]) -> dict[int, str]:
    """The sentences of those spaces that have one. One query for all, none where there is no space."""
    if not space_ids:
        return {}
    lengths = answering_times.usual(edge.session(), space_ids, clock.now() - LOOKED_BACK)
    return {space_id: _sentence(length) for space_id, length in lengths.items()}


def _sentence(length: timedelta) -> str:
    if length < _HOUR:
        return str(gettext("An answer usually takes less than an hour."))
    step = _HOUR if length < 2 * _DAY else _DAY
    usual = f_duration(round(length / step) * step, in_full=True)
    return str(gettext("An answer usually takes about %(length)s.", length=usual))
