"""Somebody at the pages, over real HTTP and without scripts: reads pages, fills forms in, follows links."""

from collections.abc import Mapping
from typing import Self

import httpx
from bs4 import BeautifulSoup, Tag

Values = Mapping[str, str | list[str]]


class Visitor:
    """One browser with its cookies; `page` is what it shows, `status` the last answer's."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, follow_redirects=True, timeout=60)
        self.page = BeautifulSoup("", "html.parser")
        self.status = 0
        self.path = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.client.close()

    def go(self, address: str) -> Self:
        """Open a page."""
        return self._show(self.client.get(address))

    def send(self, action: str | None = None, button: Values | None = None, **typed: str | list[str]) -> Self:
        """Send the form of the shown page whose address ends so (or the first of main), with these fields typed in.

        Fields that aren't typed keep what the page put there; `button` is what the pressed button carries.
        """
        form = self.form(action)
        data = filled(form) | typed | dict(button or {})
        target = str(form.get("action") or self.path)
        return self._show(self.client.post(target, data=data))

    def form(self, action: str | None = None) -> Tag:
        """A form of the shown page that changes something; LookupError when it isn't there."""
        for form in self.page.select("main form[method=post]"):
            if action is None or str(form.get("action") or self.path).endswith(action):
                return form
        raise LookupError(f"{self.path} has no form {action or ''}: {self.text('main')[:300]}")

    def text(self, selector: str) -> str:
        """The words of what the selector finds first, in one line; empty without it."""
        found = self.page.select_one(selector)
        return " ".join(found.get_text(" ").split()) if found else ""

    def texts(self, selector: str) -> list[str]:
        """The words of everything that the selector finds."""
        return [" ".join(each.get_text(" ").split()) for each in self.page.select(selector)]

    def _show(self, answer: httpx.Response) -> Self:
        self.status, self.path = answer.status_code, answer.url.path
        self.page = BeautifulSoup(answer.text, "html.parser")
        return self


def filled(form: Tag) -> dict[str, str | list[str]]:
    """What a browser would send when the form is left as it is."""
    values: dict[str, str | list[str]] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        value = _value(field)
        if value is not None:
            values[str(field["name"])] = value
    return values


def _value(field: Tag) -> str | list[str] | None:
    if field.name == "textarea":
        return field.get_text()
    if field.name == "select":
        options = field.select("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return [str(option.get("value", option.get_text().strip())) for option in chosen]
    if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
        return None
    return str(field.get("value", "on" if field.get("type") == "checkbox" else ""))
