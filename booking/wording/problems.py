"""Codes of unacceptable input as sentences: what is asked for, never whose fault it is."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from flask_babel import gettext, lazy_gettext, ngettext

from booking.rules.refusals import Problem, Unacceptable
from booking.wording.display import f_number, f_weekday

_MONDAY = date(2024, 1, 1)
SENTENCES = {
    "required": lazy_gettext("Please fill this in."),
    "not_an_address": lazy_gettext("Please give one mail address, as in ada@example.org."),
    "not_a_choice": lazy_gettext("Please choose one of the values in the list."),
    "not_a_whole_number": lazy_gettext("Please give a whole number."),
    "not_a_number": lazy_gettext("Please give a number."),
    "out_of_range": lazy_gettext("Please give a number from %(low)s to %(high)s."),
    "not_a_week": lazy_gettext("Please give a week of the calendar, as in 2026-W48."),
    "not_a_month": lazy_gettext("Please give a month as in 2026-11."),
    "not_a_day": lazy_gettext("Please give a date that is in the calendar."),
    "not_a_time": lazy_gettext("Please give a time of day, as in 18:30."),
    "unknown_time_zone": lazy_gettext("Please choose a time zone from the list, as in Europe/Berlin."),
    "ends_before_start": lazy_gettext("The end must be later than the start."),
    "already_there": lazy_gettext("This is taken already. Please choose another one."),
    "unknown_kind": lazy_gettext("Please choose a kind from the list."),
    "unknown_capability": lazy_gettext("Tools of this kind do not state this."),
    "not_a_country": lazy_gettext("Please give the two letters of the country, as in DE."),
    "not_a_link": lazy_gettext("Please give an address that begins with https://."),
    "coordinates_incomplete": lazy_gettext("Please give latitude and longitude, or neither."),
    "longest_below_shortest": lazy_gettext("The longest time must not be below the shortest."),
    "longest_below_grain": lazy_gettext("The longest time must hold at least one step."),
    "longest_below_steps": lazy_gettext(
        "In whole steps the shortest time is %(minutes)s minutes, and the longest must not be below that."
    ),
    "grain_leaves_rest": lazy_gettext(
        "A day must hold whole steps: take 5, 10, 15, 20, 30 or 60 minutes, for instance."
    ),
    "too_many_days": lazy_gettext("Please close for three years at most."),
    "window_over": lazy_gettext("This time is over. Please choose a later end."),
    "window_too_long": lazy_gettext("Please wait within %(days)s days at most, and within the coming year."),
    "longer_than_window": lazy_gettext("This is longer than the time in which you wait."),
    "day_is_over": lazy_gettext("This day is over. Please choose today or a later one."),
    "day_too_far": lazy_gettext("Please choose a day within the next three years."),
    "closed_already": lazy_gettext("The space is closed on these days already."),
    "same_weekday": lazy_gettext("The date is that weekday anyway. Please choose another weekday."),
    "weekday_closed": lazy_gettext("The space is closed on that weekday, so there are no hours to copy."),
    "number_of_choices": lazy_gettext("Please give from %(low)s to %(high)s choices, one a line."),
    "too_many_units": lazy_gettext("A tool can have %(most)s units at most."),
    "too_many_photos": lazy_gettext("There is room for %(most)s photos. Please remove one first."),
    "too_many_reports": lazy_gettext("The staff is still looking at what you have reported of this tool. Thank you!"),
    "photo_too_heavy": lazy_gettext("Please choose a photo of at most %(megabytes)s MB."),
    "photo_too_wide": lazy_gettext("Please choose a photo of at most %(megapixels)s megapixels."),
    "not_a_photo": lazy_gettext("Please choose a photo in JPEG, PNG or WebP."),
    "no_such_time": lazy_gettext("The clocks jump over this time on that day. Please choose another."),
    "password_common": lazy_gettext("This password is one of the first that a stranger would try. Take another one."),
    "password_own_words": lazy_gettext(
        "A password with your name, your address or the name of the network is easy to guess."
    ),
    "day_out_of_reach": lazy_gettext("Please choose a day between the years %(first)s and %(last)s."),
    "span_too_long": lazy_gettext("Please choose at most %(most)s days in a row, the first of them first."),
    "day_too_far_ahead": lazy_gettext("Please choose a day within the next %(days)s days."),
    "not_a_date_of_it": lazy_gettext("The series has no booking on this date."),
    "unknown_field": lazy_gettext("Nothing of this name is known here."),
    "unknown_of": lazy_gettext("Nothing of this name is known here, but these are: %(known)s."),
    "given_twice": lazy_gettext("Please give this once."),
    "not_a_text": lazy_gettext("Please give a text in quotes."),
    "not_a_list": lazy_gettext("Please give a list."),
    "not_an_object": lazy_gettext("Please give an object in braces."),
    "not_a_flag": lazy_gettext("Please give true or false."),
    "control_character": lazy_gettext(
        "Please take out the character %(character)s: it can't be seen, and often comes with copied text."
    ),
    "not_one_of": lazy_gettext("Please give one of these: %(choices)s."),
    "not_an_instant": lazy_gettext("Please give a date, a time and an offset, as in 2026-11-26T18:30:00+01:00."),
    "no_offset": lazy_gettext("Please add the offset from UTC, as in 2026-11-26T18:30:00+01:00."),
    "not_a_position": lazy_gettext("Please give latitude and longitude in degrees, as in 52.5,13.4."),
    "unknown_cursor": lazy_gettext("Please give “next” of the page before, as it was."),
    "too_long_a_stretch": lazy_gettext("Please ask for %(days)s days at most."),
    "too_far_away": lazy_gettext("Please ask for a time within ten years from now."),
    "too_many_values": lazy_gettext("Please give %(most)s of them at most."),
    "idempotency_mismatch": lazy_gettext("This key came with another request before. Please take a fresh one."),
    "not_within_a_year": lazy_gettext("Please choose a day within the next year."),
    "already_member": lazy_gettext("This person belongs to the space already, with this role or a higher one."),
    "own_address": lazy_gettext("This is your own mail address."),
    "no_member": lazy_gettext("No member of this space has this name or mail address."),
    "one_time_only": lazy_gettext("For a member you can book one time, not for a team and without repeating it."),
    "several_members": lazy_gettext("Several members are called like this. Take the mail address."),
    "already_in_team": lazy_gettext("This person is in the team already."),
    "not_members": lazy_gettext("Nobody with this address belongs to the space yet: %(emails)s. Invite them first."),
    "too_many_people": lazy_gettext("Please choose at most %(most)s people at once."),
    "certificate_over": lazy_gettext("A certificate granted so would have ended already. Change when it ends first."),
    "already_taken_in": lazy_gettext(
        "This certificate counts already. Remove it first to change what is asked on top."
    ),
    "sign_in_wrong": lazy_gettext("This address and this password don't belong together."),
    "registration_password_wrong": lazy_gettext("This is not the password that was chosen in this registration."),
    "reason_needed": lazy_gettext("Please say why: the maker reads it."),
    "no_such_team": lazy_gettext("No team of this name or number has booked at this space."),
    "no_such_account": lazy_gettext("Nobody with this address has a confirmed account."),
    "until_or_times": lazy_gettext("Please give a last day or a number of dates, one of both."),
    "not_a_whole_minute": lazy_gettext("Please give a time in whole minutes."),
    "no_dates": lazy_gettext("This leaves no date at all. Please choose at least one."),
    "too_many_dates": lazy_gettext("Please choose %(most)s dates at most."),
    "too_long_a_time": lazy_gettext("Please choose a time of seven days at most."),
    "number_of_parts": lazy_gettext("A plan has from %(low)s to %(high)s parts."),
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


def _unit_is_booked(data: Mapping[str, object]) -> str:
    number = int(str(data["number"]))
    return str(
        ngettext(
            "%(number)s booking still needs %(name)s. Move or cancel it first, then retire the unit.",
            "%(number)s bookings still need %(name)s. Move or cancel them first, then retire the unit.",
            number,
            number=f_number(number),
            name=data["name"],
        )
    )


def _kind_is_booked(data: Mapping[str, object]) -> str:
    number = int(str(data["number"]))
    return str(
        ngettext(
            "%(number)s booking to come was made for the present kind. Add a tool of the other kind instead.",
            "%(number)s bookings to come were made for the present kind. Add a tool of the other kind instead.",
            number,
            number=f_number(number),
        )
    )


def _hours_overlap(data: Mapping[str, object]) -> str:
    day = f_weekday(_MONDAY + timedelta(days=int(str(data["weekday"]))), short=False)
    return str(gettext("Two openings overlap, beginning with one on %(day)s. Please leave them apart.", day=day))


COUNTED: dict[str, Callable[[Mapping[str, object]], str]] = {
    "text_too_long": _text_too_long,
    "password_too_short": _password_too_short,
    "unit_is_booked": _unit_is_booked,
    "hours_overlap": _hours_overlap,
    "kind_is_booked": _kind_is_booked,
}


def problem_sentence(problem: Problem) -> str:
    """One clear sentence about one field; numbers in the reader's own form."""
    counted = COUNTED.get(problem.code)
    if counted is not None:
        return counted(problem.data)
    sentence = SENTENCES.get(problem.code)
    if sentence is None:
        return str(gettext("This value can't be taken."))
    return str(sentence) % {name: shown(value) for name, value in problem.data.items()}


def problem_sentences(refused: Unacceptable) -> dict[str, str]:
    """The first sentence for each field that can't be taken, by the field's name."""
    sentences: dict[str, str] = {}
    for problem in refused.problems:
        sentences.setdefault(problem.field, problem_sentence(problem))
    return sentences


def unstorable_sentence(field: str) -> str:
    """What is wrong with a field, or with the address where it is none, that holds the character of the number 0."""
    if not field:
        return str(gettext("The address holds the character U+0000. Take it out and send it again."))
    return str(gettext("“%(field)s” holds the character U+0000. Take it out and send it again.", field=field))


def shown(value: object) -> str:
    """What a problem tells, a number in the reader's own form."""
    return f_number(value) if isinstance(value, int | float) else str(value)
