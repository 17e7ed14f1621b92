"""The words of calendars: in events, in the names of feeds. Read from the catalogues without a request around."""

from functools import lru_cache

from babel.support import NullTranslations, Translations

from booking.rules.events import EventWords
from booking.rules.states import State
from config import LANGUAGES, ROOT


@lru_cache(maxsize=len(LANGUAGES))
def event_words(language: str) -> EventWords:
    """What events say in this language."""
    gettext = _catalogue(language).ugettext
    return EventWords(
        busy=gettext("Busy"),
        busy_tool=gettext("Busy: %(tool)s"),
        waiting=gettext("Waiting for approval: %(title)s"),
        cancelled=gettext("Cancelled: %(title)s"),
        ended={
            State.DECLINED: gettext("Declined: %(title)s"),
            State.EXPIRED: gettext("Expired: %(title)s"),
            State.WITHDRAWN: gettext("Withdrawn: %(title)s"),
            State.MISSED: gettext("Missed: %(title)s"),
        },
    )


def calendar_name(language: str, view: str, tool: str, space: str, busy_only: bool) -> str:
    """How a feed without a name of its own is called in the reader's list of calendars."""
    gettext = _catalogue(language).ugettext
    if view == "mine":
        name = gettext("My bookings")
    elif view == "approvals":
        name = gettext("Requests at %(space)s") % {"space": space} if space else gettext("Requests to decide")
    else:
        name = f"{tool}, {space}" if view == "tool" else space
    return gettext("%(calendar)s (busy times)") % {"calendar": name} if busy_only else name


def calendar_description(language: str, view: str, network: str) -> str:
    """One sentence on what a feed shows."""
    gettext = _catalogue(language).ugettext
    sentences = {
        "mine": gettext("What you have booked. From %(network)s."),
        "tool": gettext("When this tool is taken. From %(network)s."),
        "space": gettext("When the tools of this space are taken. From %(network)s."),
        "approvals": gettext("Requests that wait for a decision. From %(network)s."),
    }
    return sentences[view] % {"network": network}


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(ROOT / "booking" / "translations"), [language])
