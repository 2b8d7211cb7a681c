"""Who works at Juniper & Pine."""

from dataclasses import dataclass

from apps.accounts.models import Team, User
from apps.accounts.states import Role

PASSWORD = "juniper-pine"  # noqa: S105 - printed for everybody, and only for made-up people

TEAMS = {
    "orders": "Orders & delivery",
    "returns": "Returns & refunds",
    "accounts": "Accounts & payments",
}


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody with a login."""

    username: str
    name: str
    role: str
    teams: tuple[str, ...] = ()
    does: str


STAFF = (
    Colleague(
        username="admin",
        name="Robin Falk",
        role=Role.ADMIN,
        does="everything, the admin included",
    ),
    Colleague(
        username="katrin",
        name="Katrin Vogel",
        role=Role.LEAD,
        teams=("orders", "returns", "accounts"),
        does="leads the three teams, hears of late tickets",
    ),
    Colleague(
        username="tobias",
        name="Tobias Henning",
        role=Role.REVIEWER,
        teams=("orders",),
        does="decides what the model is not sure of",
    ),
    Colleague(
        username="ben",
        name="Ben Carter",
        role=Role.AGENT,
        teams=("orders",),
        does="answers in Orders & delivery",
    ),
    Colleague(
        username="sofie",
        name="Sofie Brandt",
        role=Role.AGENT,
        teams=("orders",),
        does="answers in Orders & delivery",
    ),
    Colleague(
        username="elif",
        name="Elif Kaya",
        role=Role.AGENT,
        teams=("returns",),
        does="answers in Returns & refunds",
    ),
    Colleague(
        username="nadia",
        name="Nadia Haddad",
        role=Role.AGENT,
        teams=("accounts",),
        does="answers in Accounts & payments",
    ),
)
LEAD = "katrin"


def hire() -> None:
    """Make the teams and the people; who is there already stays as they are."""
    teams = {
        slug: Team.objects.get_or_create(slug=slug, defaults={"name": name})[0]
        for slug, name in TEAMS.items()
    }
    for colleague in STAFF:
        if not User.objects.filter(username=colleague.username).exists():
            welcome(colleague, teams)
    lead = User.objects.get(username=LEAD)
    Team.objects.filter(slug__in=TEAMS, lead=None).update(lead=lead)
    names = [colleague.username for colleague in STAFF if colleague.role == Role.AGENT]
    User.objects.filter(username__in=names, lead=None).update(lead=lead)


def welcome(colleague: Colleague, teams: dict[str, Team]) -> None:
    """Give somebody an account and a desk."""
    first, last = colleague.name.split(" ", 1)
    rules = colleague.role == Role.ADMIN
    user = User.objects.create_user(
        colleague.username,
        email=f"{colleague.username}@juniper-pine.example",
        password=PASSWORD,
        first_name=first,
        last_name=last,
        role=colleague.role,
        is_staff=colleague.role in (Role.ADMIN, Role.LEAD, Role.REVIEWER),
        is_superuser=rules,
        signature=f"{colleague.name}\nJuniper & Pine",
    )
    user.teams.set([teams[slug] for slug in colleague.teams])
