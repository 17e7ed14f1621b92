"""The pages: each room is a blueprint named as its feature."""

from flask import Blueprint, Flask

from booking.web import (
    admin,
    answering_times,
    approvals,
    arrivals,
    calendars,
    deadlines,
    display,
    feeds,
    find,
    handovers,
    holidays,
    imports,
    invitations,
    kinds,
    labels,
    manage,
    manage_tools,
    members,
    opening_days,
    operation,
    own_data,
    photos,
    placing,
    planning,
    preferences,
    proposals,
    quotas,
    report_desk,
    rescues,
    series_changes,
    shell,
    showing,
    sign_ins,
    skills,
    spaces,
    strikes,
    supplies,
    teams,
    timetables,
    tokens,
    tools,
    units,
    visits,
    waitlist,
    wall,
)


def register(app: Flask) -> None:
    """Add the pages, their shell and their words to the application."""
    display.register(app)
    shell.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


# The routes of accounts and sign_ins make one blueprint, `accounts`; those of bookings and placing `bookings`, of
# certificates, grants, acceptances and skills `certificates`, of joining and invitations `joining`, of series and
# series_changes `series`, of plans and planning `plans`, of outages and units `outages`, of answers and answering_times
# `answers`,
# of reports and report_desk `reports`.
BLUEPRINTS: tuple[Blueprint, ...] = (
    admin.blueprint,
    answering_times.blueprint,
    approvals.blueprint,
    arrivals.blueprint,
    calendars.blueprint,
    deadlines.blueprint,
    feeds.blueprint,
    find.blueprint,
    handovers.blueprint,
    holidays.blueprint,
    imports.blueprint,
    invitations.blueprint,
    kinds.blueprint,
    labels.blueprint,
    manage.blueprint,
    manage_tools.blueprint,
    members.blueprint,
    opening_days.blueprint,
    operation.blueprint,
    own_data.blueprint,
    photos.blueprint,
    placing.blueprint,
    planning.blueprint,
    preferences.blueprint,
    proposals.blueprint,
    quotas.blueprint,
    report_desk.blueprint,
    rescues.blueprint,
    series_changes.blueprint,
    sign_ins.blueprint,
    showing.blueprint,
    skills.blueprint,
    spaces.blueprint,
    strikes.blueprint,
    supplies.blueprint,
    teams.blueprint,
    timetables.blueprint,
    tokens.blueprint,
    tools.blueprint,
    units.blueprint,
    visits.blueprint,
    waitlist.blueprint,
    wall.blueprint,
)
