"""The pages: each room is a blueprint named as its feature."""

from flask import Blueprint, Flask

from booking.web import (
    admin,
    approvals,
    calendars,
    display,
    feeds,
    find,
    grants,
    imports,
    invitations,
    kinds,
    manage,
    manage_tools,
    members,
    opening_days,
    operation,
    outages,
    photos,
    placing,
    preferences,
    shell,
    sign_ins,
    spaces,
    teams,
    tokens,
    tools,
)


def register(app: Flask) -> None:
    """Add the pages, their shell and their words to the application."""
    display.register(app)
    shell.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


# The routes of accounts and sign_ins make one blueprint, `accounts`; those of bookings and placing `bookings`, of
# certificates and grants `certificates`, of joining and invitations `joining`.
BLUEPRINTS: tuple[Blueprint, ...] = (
    admin.blueprint,
    approvals.blueprint,
    calendars.blueprint,
    feeds.blueprint,
    find.blueprint,
    grants.blueprint,
    imports.blueprint,
    invitations.blueprint,
    kinds.blueprint,
    manage.blueprint,
    manage_tools.blueprint,
    members.blueprint,
    opening_days.blueprint,
    operation.blueprint,
    outages.blueprint,
    photos.blueprint,
    placing.blueprint,
    preferences.blueprint,
    sign_ins.blueprint,
    spaces.blueprint,
    teams.blueprint,
    tokens.blueprint,
    tools.blueprint,
)
