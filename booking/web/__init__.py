"""The pages: each room is a blueprint named as its feature."""

from flask import Blueprint, Flask

from booking.web import calendars, display, feeds, preferences, shell, sign_ins, tokens


def register(app: Flask) -> None:
    """Add the pages, their shell and their words to the application."""
    display.register(app)
    shell.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


# The routes of accounts and sign_ins make one blueprint, `accounts`.
BLUEPRINTS: tuple[Blueprint, ...] = (
    calendars.blueprint,
    feeds.blueprint,
    preferences.blueprint,
    sign_ins.blueprint,
    tokens.blueprint,
)
