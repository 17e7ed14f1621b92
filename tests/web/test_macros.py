"""The pieces of pages say what they show to everybody: words beside colours, messages tied to their fields."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from booking.web import display
from booking.web.timeline import Axis, Segment, segment, without_overlap

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = Axis(date(2026, 11, 28), "Europe/Berlin", first_hour=8, last_hour=22)


@pytest.fixture
def app() -> Flask:
    """A site with the templates and nothing behind them; undefined names are errors."""
    app = Flask("booking", template_folder="../templates")
    app.secret_key = "only for tests"
    app.jinja_env.undefined = StrictUndefined
    Babel(app)
    CSRFProtect(app)
    display.register(app)
    return app


def shown(app: Flask, source: str, **context: object) -> BeautifulSoup:
    """A piece of a template as a reader's program gets it."""
    with app.test_request_context():
        return BeautifulSoup(render_template_string(source, **context), "html.parser")


def at(hour: int, minute: int = 0) -> datetime:
    """A time on that Saturday in Berlin."""
    return datetime(2026, 11, 28, hour, minute, tzinfo=BERLIN)


def day() -> list[Segment]:
    """Free from ten to one with a link that books it, then booked until three."""
    drawn = (
        segment(SATURDAY, "closed", at(8), at(10)),
        segment(SATURDAY, "free", at(10), at(13), href="/book?start=10:00"),
        segment(SATURDAY, "busy", at(13), at(15), label="Jonas"),
    )
    return without_overlap(one for one in drawn if one)


def test_a_field_is_tied_to_its_label_its_hint_and_its_message(app: Flask) -> None:
    form = shown(
        app,
        "{% from 'macros/forms.html' import field %}"
        "{{ field('email', 'E-mail', '<a>', 'email', 'For reminders.', 'Enter an address.', required=true) }}",
    )
    box = form.input
    assert form.label and form.label["for"] == box["id"] == "field-email"
    assert box["value"] == "<a>"
    assert box["aria-invalid"] == "true"
    said = [form.find(id=name).get_text(strip=True) for name in box["aria-describedby"].split()]
    assert said == ["For reminders.", "Enter an address."]


def test_a_password_is_never_sent_back(app: Flask) -> None:
    form = shown(app, "{% from 'macros/forms.html' import field %}{{ field('secret', 'Password', 'abc', 'password') }}")
    assert not form.input.has_attr("value")


def test_the_summary_leads_to_each_field(app: Flask) -> None:
    page = shown(
        app,
        "{% from 'macros/forms.html' import error_summary %}{{ error_summary({'zone': 'Choose a time zone.'}) }}",
    )
    assert page.find(role="alert").a["href"] == "#field-zone"


@pytest.mark.parametrize(
    "state",
    "pending confirmed declined expired withdrawn in_use cancelled missed finished "
    "working limited down retired".split(),
)
def test_every_state_has_a_word_and_an_icon(app: Flask, state: str) -> None:
    chip = shown(app, "{% from 'macros/status.html' import chip %}{{ chip(state) }}", state=state)
    assert chip.get_text(strip=True)
    assert chip.use


def test_a_bar_is_a_list_in_which_free_time_is_a_link(app: Flask) -> None:
    bar = shown(app, "{% from 'macros/bars.html' import bar %}{{ bar(day, 'Lumi') }}", day=day())
    assert bar.ol["aria-label"] == "Lumi"
    words = [one.find(class_="visually-hidden").get_text() for one in bar.find_all("li")]
    assert words == ["Closed 08:00–10:00", "Free 10:00–13:00", "Booked 13:00–15:00"]
    free = bar.find_all("li")[1]
    assert free.a["href"] == "/book?start=10:00"
    assert {"c9", "w12"} <= set(free["class"])


def test_a_week_says_whose_time_is_taken_only_by_its_label(app: Flask) -> None:
    one_day = SimpleNamespace(date=SATURDAY.day, today=True, past=False, segments=day(), level=1, free="3 hrs free")
    week = shown(app, "{% from 'macros/week.html' import week %}{{ week(days, 8, 22, now_row=5) }}", days=[one_day])
    gap = week.find("a", class_="gap-link")
    assert (gap["data-start"], gap["data-minutes"]) == ("600", "180")
    assert "Jonas" in week.find(class_="busy").get_text()
    assert week.find(class_="now")


@pytest.mark.parametrize("modal", [True, False])
def test_a_dialog_is_also_a_page(app: Flask, modal: bool) -> None:
    page = shown(
        app,
        "{% from 'macros/booking.html' import frame %}"
        "{% call frame('Book Lumi', 'book', 'Book 10:00', '/tool', modal) %}<form id='book'></form>{% endcall %}",
        modal=modal,
    )
    assert bool(page.find("dialog")) is modal
    assert page.find("button", form="book").get_text() == "Book 10:00"


def test_the_readers_own_clock_is_a_line_of_its_own(app: Flask) -> None:
    source = "{% from 'macros/when.html' import when %}{{ when(start, end, 'Europe/Berlin', 'Berlin', zone) }}"
    own = shown(app, source, start=at(10), end=at(12), zone="Asia/Shanghai")
    assert own.find(class_="your-time").get_text() == "Sat 28 Nov 17:00–19:00 for you"
    same = shown(app, source, start=at(10), end=at(12), zone="Europe/Warsaw")
    assert "Berlin, GMT+1" in same.get_text() and not same.find(class_="your-time")


@pytest.mark.parametrize("code", [500, 503])
def test_the_page_of_a_fault_needs_nothing_but_the_templates(app: Flask, code: int) -> None:
    app.add_url_rule("/", "find.search", lambda: "")
    app.add_url_rule("/spaces/", "spaces.directory", lambda: "")
    page = shown(
        app,
        "{% include 'errors/error.html' %}",
        code=code,
        reference="7f3a",
        lang="en",
        text_dir="ltr",
        theme="",
        network_name="Benchtime",
    )
    assert page.h1 and ("7f3a" in page.get_text())
