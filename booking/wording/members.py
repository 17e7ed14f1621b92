"""What is said about people at a space: their roles, and days of long ago or far ahead."""

from datetime import datetime

from flask_babel import gettext

from booking.rules.access import Role
from booking.wording.display import f_week, local


def role_name(role: Role) -> str:
    """What somebody is to a space: "Member"."""
    return str(
        {
            Role.MEMBER: gettext("Member"),
            Role.TRAINER: gettext("Trainer"),
            Role.MANAGER: gettext("Manager"),
            Role.ADMIN: gettext("Runs the network"),
        }[role]
    )


def role_choices() -> list[tuple[str, str]]:
    """The roles that a manager may give, with what each may do."""
    return [
        (Role.MEMBER.value, gettext("Member: books what is open to members")),
        (Role.TRAINER.value, gettext("Trainer: also grants certificates")),
        (Role.MANAGER.value, gettext("Manager: also decides, and changes what the space says")),
    ]


def day_words(instant: datetime, zone: str) -> str:
    """The day of an instant in a zone with its year but without its weekday: "23 Mar 2027"."""
    day = local(instant, zone).date()
    return f_week(day, day)
