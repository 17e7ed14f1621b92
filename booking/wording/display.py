"""Everything that is formatted for a reader: dates, times, zones, lengths, in the words of CLDR.

Instants come in as aware UTC datetimes together with the IANA name of the zone they are shown in. Results are
cached by value and locale, because one page shows the same quarter-hours hundreds of times.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers, units

from booking.wording.reader import gettext, reader

LANGUAGES = {"en": "English", "de": "Deutsch", "pl": "Polski", "zh": "简体中文"}
REMEMBERED = 8192


def local(instant: datetime, zone: str) -> datetime:
    """The wall time of an aware instant in an IANA zone; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("An instant without a zone cannot be shown.")
    return instant.astimezone(ZoneInfo(zone))


def f_date(day: date, zone: str | None = None) -> str:
    """The full date with weekday and year; an instant needs the zone it is shown in."""
    return full_date(day_of(day, zone), reader())


def f_short_day(day: date, zone: str | None = None) -> str:
    """Short weekday, day and short month, for lists and buttons."""
    return short_day(day_of(day, zone), reader())


def f_weekday(day: date, zone: str | None = None, short: bool = True) -> str:
    """The name of the weekday as it stands alone, such as the head of a column."""
    return weekday_name(day_of(day, zone), short, reader())


def f_week(first: date, last: date) -> str:
    """A stretch of days, saying the month and the year once where they are the same."""
    return stretch_of_days(first, last, reader())


def f_month(day: date) -> str:
    """The month and the year as they stand alone."""
    return month_of_year(day.replace(day=1), reader())


def f_time(moment: datetime | time, zone: str | None = None) -> str:
    """The time of day in hours and minutes; an instant needs the zone it is shown in."""
    if isinstance(moment, datetime):
        moment = wall(moment, zone).time()
    return time_of_day(moment.replace(second=0, microsecond=0, tzinfo=None), reader())


def f_range(start: datetime, end: datetime, zone: str | None = None) -> str:
    """From when to when; an end on another day is said with its day (midnight ends the day before).

    Where a clock shows one of both twice, because it is set back, the offsets tell which is meant.
    """
    first, last = wall(start, zone), wall(end, zone)
    same_day = (last - timedelta(microseconds=1)).date() <= first.date()
    if comes_twice(first) or comes_twice(last):
        ends = time_with_offset(first), time_with_offset(last)
        return f"{ends[0]} – {ends[1]}" if same_day else f"{ends[0]} – {f_short_day(last)} {ends[1]}"
    if same_day:
        return f"{f_time(first)}–{f_time(last)}"
    return f"{f_time(first)} – {f_short_day(last)} {f_time(last)}"


def f_zone(zone: str, at: date, city: str = "") -> str:
    """Place and offset of a zone at that very date or instant: "Berlin, GMT+1"; the city may be given."""
    instant = at if isinstance(at, datetime) else datetime.combine(at, time(12), ZoneInfo(zone))
    minutes = offset_minutes(zone, instant)
    return f"{city or city_of_zone(zone, reader())}, {offset_name(minutes)}"


def f_yours(start: datetime, end: datetime, zone: str, viewer_zone: str | None) -> str:
    """The same stretch on the reader's clock, or an empty string when both clocks show the same."""
    if not viewer_zone:
        return ""
    if all(offset_minutes(zone, at) == offset_minutes(viewer_zone, at) for at in (start, end)):
        return ""
    return f"{f_short_day(start, viewer_zone)} {f_range(start, end, viewer_zone)}"


def f_duration(length: timedelta | int, *, in_full: bool = False) -> str:
    """A length of time in days, hours and minutes, in full where a sentence ends; a bare number is minutes."""
    minutes = length if isinstance(length, int) else round(length.total_seconds() / 60)
    return duration(minutes, reader(), "long" if in_full else "short")


def f_distance(kilometres: float) -> str:
    """A distance, in metres (to the nearest 50) under one kilometre, with one decimal under ten."""
    return distance(kilometres, reader())


def f_relative(instant: datetime, now: datetime, about: bool = False) -> str:
    """How far an instant is from now: "in 4 hours", "5 hours ago"; with `about`, "in about 4 hrs"."""
    away = (instant - now) or -timedelta(seconds=1)
    if about and away > timedelta(0):
        return str(gettext("in about %(duration)s", duration=f_duration(rounded(away))))
    return dates.format_timedelta(away, add_direction=True, threshold=1.2, locale=reader())


def f_percent(share: float) -> str:
    """A share between 0 and 1 as whole percent."""
    return numbers.format_percent(share, locale=reader())


def f_number(value: float) -> str:
    """A number with the separators of the reader's language."""
    return numbers.format_decimal(value, locale=reader())


def day_of(day: date, zone: str | None) -> date:
    """The calendar day of a date or of an instant in its zone."""
    return wall(day, zone).date() if isinstance(day, datetime) else day


def wall(instant: datetime, zone: str | None) -> datetime:
    """Wall time; without a zone only a time that `local` has already moved to its place is taken."""
    if zone is not None:
        return local(instant, zone)
    if instant.tzinfo is None or instant.tzinfo is UTC:
        raise ValueError("Say in which zone this instant is shown.")
    return instant


def offset_minutes(zone: str, at: datetime) -> int:
    """Minutes by which a zone is ahead of Greenwich at that instant."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    return int(offset.total_seconds() // 60)


def comes_twice(moment: datetime) -> bool:
    """Whether the clock shows this wall time twice, before and after it is set back."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def time_with_offset(moment: datetime) -> str:
    """A wall time with its offset: "02:30 GMT+2"."""
    offset = moment.utcoffset() or timedelta(0)
    return f"{f_time(moment)} {offset_name(int(offset.total_seconds() // 60))}"


def offset_name(minutes: int) -> str:
    """An offset as "GMT", "GMT+1" or "GMT−3:30"."""
    if minutes == 0:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return f"GMT{sign}{hours}" + (f":{rest:02d}" if rest else "")


def rounded(length: timedelta) -> timedelta:
    """A length that is honest about being a guess: whole minutes, then quarter-hours, hours, days."""
    for from_length, step in ((timedelta(days=2), 1440), (timedelta(hours=2), 60), (timedelta(hours=1), 15)):
        if length >= from_length:
            return timedelta(minutes=round(length.total_seconds() / 60 / step) * step)
    return timedelta(minutes=max(1, round(length.total_seconds() / 60)))


@lru_cache(REMEMBERED)
def full_date(day: date, locale: str) -> str:
    """The date in CLDR's full style."""
    return dates.format_date(day, "full", locale=locale)


@lru_cache(REMEMBERED)
def short_day(day: date, locale: str) -> str:
    """The date with short weekday and month, without the year."""
    return dates.format_skeleton("MMMEd", day, locale=locale)


@lru_cache(REMEMBERED)
def weekday_name(day: date, short: bool, locale: str) -> str:
    """The weekday standing alone."""
    return dates.format_date(day, "ccc" if short else "cccc", locale=locale)


@lru_cache(REMEMBERED)
def stretch_of_days(first: date, last: date, locale: str) -> str:
    """Two dates as one interval; thin spaces become plain ones, because not every font has them."""
    return dates.format_interval(first, last, "yMMMd", locale=locale).replace("\u2009", " ")


@lru_cache(REMEMBERED)
def month_of_year(day: date, locale: str) -> str:
    """A month in CLDR's long style."""
    return dates.format_skeleton("yMMMM", day, locale=locale)


@lru_cache(REMEMBERED)
def time_of_day(moment: time, locale: str) -> str:
    """Hours and minutes in CLDR's short style."""
    return dates.format_time(moment, "short", locale=locale).replace("\u202f", " ")


@lru_cache(REMEMBERED)
def city_of_zone(zone: str, locale: str) -> str:
    """The city after which CLDR names a zone, in the reader's language."""
    named = dates.get_timezone_location(zone, locale=locale, return_city=True)
    return named.rpartition("/")[2].replace("_", " ")


@lru_cache(REMEMBERED)
def duration(minutes: int, locale: str, style: Literal["short", "long"] = "short") -> str:
    """Days only from two whole days on, else hours and minutes, in CLDR's short units or in full."""
    if minutes >= 2880 and minutes % 1440 == 0:
        return units.format_unit(minutes // 1440, "duration-day", style, locale=locale)
    hours, rest = divmod(minutes, 60)
    parts = [
        units.format_unit(amount, unit, style, locale=locale)
        for amount, unit in ((hours, "duration-hour"), (rest, "duration-minute"))
        if amount or (unit == "duration-minute" and minutes == 0)
    ]
    return lists.format_list(parts, style="unit" if style == "long" else "unit-short", locale=Locale.parse(locale))


@lru_cache(REMEMBERED)
def distance(kilometres: float, locale: str) -> str:
    """A distance in CLDR's short units."""
    if kilometres < 0.975:
        return units.format_unit(max(50, round(kilometres * 20) * 50), "length-meter", "short", locale=locale)
    shown = round(kilometres, 1) if kilometres < 10 else round(kilometres)
    return units.format_unit(shown, "length-kilometer", "short", locale=locale)
