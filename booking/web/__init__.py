"""The pages: each room is a blueprint named as its feature."""

from flask import Blueprint, Flask

from booking.web import display, shell


def register(app: Flask) -> None:
    """Add the pages, their shell and their words to the application."""
    display.register(app)
    shell.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


BLUEPRINTS: tuple[Blueprint, ...] = ()
