"""What tests of the interface share."""

import pytest
from flask import Flask

from tests.api.programs import Network


@pytest.fixture
def network(app: Flask, clock: object) -> Network:
    """A small network whose people hold tokens, at a standing clock."""
    return Network(app)
