"""The words of calendars: in events, in the names of feeds. Read from the catalogues without a request around."""

from functools import lru_cache

from babel.support import NullTranslations, Translations

from booking.rules.events import EventWords
from booking.rules.states import State
from config import LANGUAGES, ROOT

# The first sign that is found decides: most programs claim to be several others.
_PROGRAMS = (
    ("google-calendar", "Google Calendar"),
    ("thunderbird", "Thunderbird"),
    ("evolution", "GNOME"),
    ("outlook", "Outlook"),
    ("microsoft", "Outlook"),
    ("icsx5", "ICSx5"),
    ("davx5", "DAVx5"),
    ("vdirsyncer", "vdirsyncer"),
    ("nextcloud", "Nextcloud"),
    ("dataaccessd", "Apple Calendar"),
    ("calendaragent", "Apple Calendar"),
    ("ios/", "Apple Calendar"),
    ("macos/", "Apple Calendar"),
    ("mac_os_x", "Apple Calendar"),
    ("mozilla", "Browser"),
)


def former_maker(language: str) -> str:
    """The name of whoever erased her account."""
    gettext = _catalogue(language).ugettext
    return str(gettext("Former maker"))


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


def calendar_name(language: str, view: str, tool: str, space: str, busy_only: bool, group: str = "") -> str:
    """How a feed without a name of its own is called in the reader's list of calendars; `group` is a team or a kind."""
    gettext = _catalogue(language).ugettext
    if view == "mine":
        name = gettext("My bookings")
    elif view == "approvals":
        name = gettext("Requests at %(space)s") % {"space": space} if space else gettext("Requests to decide")
    elif view == "team":
        name = group
    elif view == "kind":
        name = gettext("%(kind)s in my spaces") % {"kind": group}
    else:
        # Some programs show the escapes of commas in the names of calendars.
        name = f"{tool} · {space}" if view == "tool" else space
    return gettext("%(calendar)s (busy times)") % {"calendar": name} if busy_only else name


def calendar_description(language: str, view: str, network: str) -> str:
    """One sentence on what a feed shows."""
    gettext = _catalogue(language).ugettext
    sentences = {
        "mine": gettext("What you have booked. From %(network)s."),
        "tool": gettext("When this tool is taken. From %(network)s."),
        "space": gettext("When the tools of this space are taken. From %(network)s."),
        "team": gettext("What is booked for this team. From %(network)s."),
        "kind": gettext("When the tools of this kind at your spaces are taken. From %(network)s."),
        "approvals": gettext("Requests that wait for a decision. From %(network)s."),
    }
    return sentences[view] % {"network": network}


def program_name(user_agent: str) -> str:
    """What people call the program of this User-Agent: a name, so it is the same in every language."""
    for sign, name in _PROGRAMS:
        if sign in user_agent.lower():
            return name
    return user_agent.split("/")[0].split("(")[0].strip()[:40]


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(ROOT / "booking" / "translations"), [language])
