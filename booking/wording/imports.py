"""What an import says about a file and its lines, as sentences."""

from flask_babel import gettext, lazy_gettext

from booking.rules.refusals import Problem
from booking.wording.kinds import kind_name
from booking.wording.problems import problem_sentence, shown

_SENTENCES = {
    "file_empty": lazy_gettext("The file is empty."),
    "file_not_text": lazy_gettext("The file is not plain text in UTF-8. Save the table as “CSV UTF-8” and try again."),
    "file_too_large": lazy_gettext("The file has more than %(megabytes)s MB. Please part it."),
    "not_a_calendar": lazy_gettext("This is not one whole calendar file. Please send a file that ends in .ics."),
    "no_holidays": lazy_gettext("There is no whole day in this calendar that the space could be closed on."),
    "file_not_a_table": lazy_gettext("From line %(line)s on the quotes do not match up."),
    "too_many_lines": lazy_gettext("The table has more than %(most)s lines. Please part it."),
    "column_twice": lazy_gettext("The column “%(column)s” is there twice."),
    "columns_missing": lazy_gettext("These columns are missing: %(columns)s."),
    "too_many_cells": lazy_gettext("The line has more cells than the header. Is a text with commas without quotes?"),
    "unknown_space": lazy_gettext("There is no space “%(space)s” that you manage."),
    "unknown_certificate": lazy_gettext("The space has no certificate “%(certificate)s”."),
    "not_a_day_before": lazy_gettext("Please give the day of the training, within the last ten years, as 2026-03-23."),
    "granted_later": lazy_gettext("A later grant counts already."),
    "same_as_line": lazy_gettext("Line %(line)s is about the same."),
    "not_one_of": lazy_gettext("“%(column)s” can be one of: %(choices)s."),
    "neither_yes_nor_no": lazy_gettext("“%(column)s” says neither yes nor no."),
    "line_changed_meanwhile": lazy_gettext("Somebody else changed this meanwhile. Import the table again."),
    "last_manager": lazy_gettext("A space keeps at least one manager."),
    "nobody_invites": lazy_gettext("There is no account of this address, and no admin who could invite it."),
    "no_hours_yet": lazy_gettext("No opening hours yet: set them, so that its tools can be booked."),
    "slug_changed": lazy_gettext("Its address became “%(slug)s”."),
    "units_assumed": lazy_gettext("The number of units is not given: one was assumed."),
    "units_kept": lazy_gettext("There are %(present)s units already: none were taken away."),
    "training_asked": lazy_gettext("Asks for the certificate “%(certificate)s”."),
    "training_unclear": lazy_gettext(
        "“%(said)s” is neither yes nor no: each booking of this tool needs approval. "
        "Please look at whether it needs a certificate."
    ),
    "training_left": lazy_gettext(
        "“%(said)s” is neither yes nor no: no certificate was added. Please look at this tool."
    ),
    "same_tool_as_line": lazy_gettext(
        "Line %(line)s says the same: this one stands for another tool of the same name. "
        "If they are units of one tool, keep one line and give their number."
    ),
    "invited": lazy_gettext("An invitation goes out by mail."),
    "invited_before": lazy_gettext("An invitation is open already."),
}


def import_sentence(problem: Problem) -> str:
    """Why a file or a line was refused, or what was assumed about it, in one sentence or two."""
    if problem.code == "unknown_kind":
        return _unknown_kind(problem)
    sentence = _SENTENCES.get(problem.code)
    if sentence is not None:
        return str(sentence) % (
            {"column": problem.field} | {name: shown(value) for name, value in problem.data.items()}
        )
    told = problem_sentence(problem)
    return str(gettext("%(column)s: %(sentence)s", column=problem.field, sentence=told))


def _unknown_kind(problem: Problem) -> str:
    said = problem.data.get("kind", "")
    nearest = problem.data.get("nearest", ())
    names = [kind_name(str(slug)) for slug in nearest] if isinstance(nearest, tuple) else []
    if not names:
        return str(gettext("There is no kind “%(kind)s”.", kind=said))
    told = ", ".join(names)
    return str(gettext("There is no kind “%(kind)s”. The nearest are: %(nearest)s.", kind=said, nearest=told))
