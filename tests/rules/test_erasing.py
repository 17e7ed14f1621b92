"""What is taken out of what stays: her own traces where people's words stand, and nothing that is spelled the same."""

from booking.rules.erasing import Traces, without

ADA = Traces("Ada", "ada@example.org", frozenset({"Laser cutter", "2026-11-26T09:00:00+00:00", "2897", "decided"}))


def test_her_name_her_words_and_her_address_go_wherever_they_are_told() -> None:
    told = {"maker": "Ada", "all": ["ada@example.org"], "booking": {"purpose": "Laser cutter", "reason": "2897"}}
    assert without(told, ADA) == {"maker": "", "all": [""], "booking": {"purpose": "", "reason": ""}}


def test_what_is_only_spelled_like_her_words_stays() -> None:
    kept = {
        "id": "2897",
        "tool_name": "Laser cutter",
        "name": "Laser cutter",
        "starts_at": "2026-11-26T09:00:00+00:00",
        "state": "decided",
        "purpose": "Ada",
        "kind": ["Laser cutter", 2897, None],
    }
    assert without(kept, ADA) == kept
