"""The stretches of a day as items of a list. A full week has hundreds, and a template would take its time over each."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from booking.web.timeline import Segment
from booking.wording.display import f_range

# What is grey: nobody can book it as it is.
GREY = frozenset({"closed", "gap"})
# So many quarter-hours have no room for two lines, or for one.
SHORT, TINY = 4, 2


def slots(segments: Iterable[Segment], words: Mapping[str, str], plus: str) -> Markup:
    """The items; `words` say what each kind is, `plus` is the drawing on free time on a phone."""
    said = {kind: str(escape(word)) for kind, word in words.items()}
    drawn = (_free(one, said, plus) if one.kind == "free" else _taken(one, said) for one in segments)
    return Markup("".join(drawn))  # noqa: S704  (what people wrote is escaped below)


def _times(one: Segment) -> str:
    return str(escape(one.times or f_range(one.start, one.end)))


def _why(one: Segment) -> tuple[str, str]:
    """Why it can't be booked: for those who point at it, and for those who hear the page."""
    if not one.why:
        return "", ""
    sentence = str(escape(one.why))
    return f' title="{sentence}"', f'<span class="visually-hidden">. {sentence}</span>'


def _free(one: Segment, words: Mapping[str, str], plus: str) -> str:
    """Free time: a link that books it, unless it is over."""
    place = f"r{one.column} h{one.width}"
    if one.past or not one.href:
        return f'<li class="over {place}"><span class="event"></span></li>'
    title, reason = _why(one)
    begins = one.start.hour * 60 + one.start.minute
    return (
        f'<li class="{place}"><a class="gap-link" data-modal href="{escape(one.href)}" data-start="{begins}"'
        f' data-minutes="{one.width * 15}"{title}>'
        f'<span>{words["free"]} <span class="no-wrap">{_times(one)}</span></span>{plus}{reason}</a></li>'
    )


def _taken(one: Segment, words: Mapping[str, str]) -> str:
    """Time that isn't free: what it is, and where it leads when it leads anywhere."""
    word, label = words[one.kind], str(escape(one.label))
    state = ("closed " if one.kind in GREY else "") + ("past " if one.past else "")
    size = " tiny-event" if one.width < TINY else " short-event" if one.width < SHORT else ""
    tag, leads = "span", ""
    if one.href:
        tag, leads = "a", f' href="{escape(one.href)}"' + ("" if one.kind == "mine" else " data-modal")
    hint = f'<span class="visually-hidden"> {word}</span>' if label else ""
    title, reason = _why(one)
    return (
        f'<li class="{state}r{one.column} h{one.width}"><{tag} class="event {one.kind}{size}"{leads}{title}>'
        f'<b>{label or word}</b> <span class="no-wrap">{_times(one)}</span>{hint}{reason}</{tag}></li>'
    )
