"""Sentences and names around accounts and sign-ins."""

from datetime import datetime

from flask_babel import gettext

from booking.wording.display import f_relative

# In this order: many browsers name others beside themselves.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """What a browser calls itself, in few words: "Firefox on Linux"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("An unknown program"))


def too_many_tries_sentence(lifts_at: datetime, now: datetime) -> str:
    """That there were too many tries, and in how long the next one is possible."""
    when = f_relative(lifts_at, now)
    return str(gettext("There were many tries in a short time. You can try again %(when)s.", when=when))
