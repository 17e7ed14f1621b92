"""Roles at a space in words."""

from flask_babel import gettext

from booking.rules.access import Role


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
