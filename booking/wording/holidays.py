"""Why a date of a calendar of holidays is left out, in one sentence."""

from flask_babel import gettext, lazy_gettext

_SENTENCES = {
    "cancelled": lazy_gettext("The calendar says that it is cancelled."),
    "not_whole_days": lazy_gettext("It has times of day, so it is no holiday."),
    "repeats": lazy_gettext("It repeats in a way that is not understood here. Please enter its dates yourself."),
    "work_day": lazy_gettext("This is a work day that makes up for a holiday. Enter it as a special day."),
    "unreadable": lazy_gettext("It ends before it begins."),
    "over": lazy_gettext("It is over."),
    "too_far": lazy_gettext("It is more than three years ahead."),
    "too_long": lazy_gettext("It lasts for more than three years."),
    "closed_already": lazy_gettext("The space is closed then already."),
    "twice": lazy_gettext("It is in the calendar twice."),
}


def left_out_sentence(why: str) -> str:
    """Why a date is left out."""
    return str(_SENTENCES.get(why) or gettext("This value can't be taken."))
