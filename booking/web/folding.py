"""Templates in which all that is the same for every reader of a language is said once, when they are compiled.

A page has some two hundred messages, drawings and addresses, and looking each up at each visit takes longer than
putting the page together.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app, has_request_context, request
from flask.templating import Environment
from jinja2 import BytecodeCache, Template, nodes
from jinja2.bccache import Bucket
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from booking.web.assets import icon, page_url, static_url
from booking.wording.reader import message_in, reader


class Pages(Environment):
    """The templates of an application, and for each language a copy in which its messages have been filled in."""

    region = ""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self.of_regions: dict[str, Pages] = {}

    def get_or_select_template(self, template_name_or_list: Any, *arguments: Any, **named: Any) -> Template:
        """The template as it is for this reader.

        Mails have no addresses of their own, below a prefix all addresses differ, and files change in development.
        """
        if self.region or not has_request_context() or request.script_root or current_app.debug:
            return super().get_or_select_template(template_name_or_list, *arguments, **named)
        return self._of(reader()).get_or_select_template(template_name_or_list, *arguments, **named)

    def _of(self, region: str) -> "Pages":
        if region not in self.of_regions:
            copy = self.overlay()
            copy.region = region
            if self.bytecode_cache is not None:
                copy.bytecode_cache = _OfRegion(self.bytecode_cache, region)
            self.of_regions[region] = copy
        return self.of_regions[region]

    def _generate(self, source: nodes.Template, name: str | None, *arguments: Any, **named: Any) -> str:
        if self.region:
            escapes = self.autoescape(name) if callable(self.autoescape) else self.autoescape
            source = _Folder(self.region, escapes).visit(source)
        return super()._generate(source, name, *arguments, **named)


class _Folder(NodeTransformer):
    """Puts what comes of a call where the call was, if nothing in it can differ."""

    def __init__(self, region: str, escapes: bool) -> None:
        self._region, self._escapes = region, escapes
        self._calls: dict[str, Callable[..., str]] = {
            "_": self._message,
            "icon": icon,
            "static_url": static_url,
            "url_for": page_url,
        }

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  (named by Jinja)
        """A call of a template, as it is or as what comes of it."""
        call = self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        said = [each.value for each in node.args if isinstance(each, nodes.Const)]
        differs = len(said) < len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs
        if name not in self._calls or differs:
            return call
        return nodes.Const(self._calls[name](*said), lineno=node.lineno)

    def _message(self, message: str) -> str:
        text = message_in(self._region, message) % {}
        return Markup(text) if self._escapes else text  # noqa: S704  (messages are ours)


class _OfRegion(BytecodeCache):
    """A cache of compiled templates that keeps those of one language apart."""

    def __init__(self, kept: BytecodeCache, region: str) -> None:
        self._kept, self._region = kept, region

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return f"{self._kept.get_cache_key(name, filename)}-{self._region}"

    def load_bytecode(self, bucket: Bucket) -> None:
        self._kept.load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept.dump_bytecode(bucket)
