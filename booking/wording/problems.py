"""Codes of unacceptable input as sentences: what is asked for, never whose fault it is."""

from collections.abc import Callable, Mapping

from flask_babel import gettext, lazy_gettext, ngettext

from booking.rules.refusals import Problem, Unacceptable
from booking.wording.display import f_number

SENTENCES = {
    "required": lazy_gettext("Please fill this in."),
    "not_an_address": lazy_gettext("Please give one mail address, as in ada@example.org."),
    "not_a_choice": lazy_gettext("Please choose one of the values in the list."),
    "not_a_whole_number": lazy_gettext("Please give a whole number."),
    "not_a_number": lazy_gettext("Please give a number."),
    "out_of_range": lazy_gettext("Please give a number from %(low)s to %(high)s."),
    "not_a_day": lazy_gettext("Please give a date that is in the calendar."),
    "not_a_time": lazy_gettext("Please give a time of day, as in 18:30."),
    "unknown_time_zone": lazy_gettext("Please choose a time zone from the list, as in Europe/Berlin."),
    "ends_before_start": lazy_gettext("The end must be later than the start."),
    "already_there": lazy_gettext("This is taken already. Please choose another one."),
    "password_common": lazy_gettext("This password is one of the first that a stranger would try. Take another one."),
    "password_own_words": lazy_gettext(
        "A password with your name, your address or the name of the network is easy to guess."
    ),
    "not_within_a_year": lazy_gettext("Please choose a day within the next year."),
    "sign_in_wrong": lazy_gettext("This address and this password don't belong together."),
    "password_wrong": lazy_gettext("This is not your present password."),
}


def _text_too_long(data: Mapping[str, object]) -> str:
    longest = int(str(data["longest"]))
    return str(
        ngettext(
            "Please use at most %(number)s character.",
            "Please use at most %(number)s characters.",
            longest,
            number=f_number(longest),
        )
    )


def _password_too_short(data: Mapping[str, object]) -> str:
    shortest = int(str(data["shortest"]))
    return str(
        ngettext(
            "Please use at least %(number)s character.",
            "Please use at least %(number)s characters.",
            shortest,
            number=f_number(shortest),
        )
    )


COUNTED: dict[str, Callable[[Mapping[str, object]], str]] = {
    "text_too_long": _text_too_long,
    "password_too_short": _password_too_short,
}


def problem_sentence(problem: Problem) -> str:
    """One clear sentence about one field; numbers in the reader's own form."""
    counted = COUNTED.get(problem.code)
    if counted is not None:
        return counted(problem.data)
    sentence = SENTENCES.get(problem.code)
    if sentence is None:
        return str(gettext("This value can't be taken."))
    return str(sentence) % {name: _shown(value) for name, value in problem.data.items()}


def problem_sentences(refused: Unacceptable) -> dict[str, str]:
    """The first sentence for each field that can't be taken, by the field's name."""
    sentences: dict[str, str] = {}
    for problem in refused.problems:
        sentences.setdefault(problem.field, problem_sentence(problem))
    return sentences


def _shown(value: object) -> str:
    return f_number(value) if isinstance(value, int | float) else str(value)
