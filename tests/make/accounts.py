"""People, teams and keys for tests: say only what matters."""

from itertools import count

from django.contrib.auth.hashers import make_password

from apps.accounts.models import ApiKey, Team, User
from apps.accounts.services.keys import issue_key
from apps.accounts.states import Role, Scope

numbers = count(1)


def person(username: str = "", *, role: str = Role.AGENT, password: str = "", **fields) -> User:
    """Somebody who works here; an administrator with ``role="admin"``."""
    name = username or f"somebody{next(numbers)}"
    admin = role == Role.ADMIN
    known = {"email": f"{name}@desk.example", "is_staff": admin, "is_superuser": admin, **fields}
    return User.objects.create(
        username=name,
        role=role,
        password=make_password(password or None),
        **known,
    )


def team(name: str = "", *members: User) -> Team:
    """A team, with its members."""
    slug = name or f"team{next(numbers)}"
    made = Team.objects.create(slug=slug, name=slug.capitalize())
    made.members.set(members)
    return made


def key(*scopes: str, user: User | None = None, **fields) -> tuple[ApiKey, str]:
    """A key with these scopes, or with all; and its text."""
    owner = user or person(role=Role.SERVICE)
    return issue_key(name="test", user=owner, scopes=scopes or Scope.values, **fields)
