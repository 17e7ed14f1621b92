"""docs/rules.md says what the rules do: every code, its data, who may override it."""

import ast
from collections.abc import Iterator

from booking.rules import policy
from config import ROOT
from scripts import rules
from tests.rules.policy_cases import DATA, REFUSED
from tests.rules.worlds import NOW

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    assert rules.page() == PAGE, "python -m scripts.rules > docs/rules.md"


def test_refusals_carry_the_data_that_the_page_names() -> None:
    named = {rule.__name__: sorted(rules.data_names(rule)) for rule in policy.RULES}
    for wish, known in [case[1:] for case in REFUSED] + [case[:2] for case in DATA]:
        for refusal in policy.check(wish, known, NOW):
            assert sorted(refusal.data) == named[refusal.code]


def test_the_page_names_every_refusal_of_the_code() -> None:
    missing = [code for code in refusals_in_code() if f"| `{code}` |" not in PAGE]
    assert missing == [], "a line in OTHERS of scripts/rules.py, then python -m scripts.rules > docs/rules.md"


def refusals_in_code() -> Iterator[str]:
    """The codes that are written out where a Refusal is made, in any room."""
    for path in (ROOT / "booking").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Refusal", "_refusal"}
            ):
                first = (each.value for each in node.args[:1] if isinstance(each, ast.Constant))
                yield from (code for code in first if isinstance(code, str))
