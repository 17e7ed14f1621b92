"""Checking in and giving back through the interface."""

from datetime import timedelta

import pytest
import time_machine

from tests.api.programs import TEN, Network


@pytest.mark.both_engines
def test_a_program_checks_in_and_gives_back_and_repeats_answer_the_same(
    network: Network, clock: time_machine.Traveller
) -> None:
    path = f"/bookings/{network.booked(network.ada)['id']}"
    early = network.ada.post(f"{path}/check-in", {})
    assert (early.status_code, early.get_json()["refusals"][0]["code"]) == (409, "wrong_state")
    clock.move_to(TEN + timedelta(minutes=5))
    assert network.cy.post(f"{path}/check-in", {}).status_code == 404
    used = network.ada.post(f"{path}/check-in", {})
    assert (used.status_code, used.get_json()["state"]) == (200, "in_use")
    assert network.ada.post(f"{path}/check-in", {}).get_json() == used.get_json()
    left = network.ada.post(f"{path}/give-back", {})
    assert (left.status_code, left.get_json()["end"]) == (200, "2026-11-26T09:05:00Z")
    assert network.ada.post(f"{path}/give-back", {}).get_json() == left.get_json()
