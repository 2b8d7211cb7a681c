"""Ships that sail as a test plans it, and an outside that answers as the test says."""

from dataclasses import dataclass

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from apps.coordination.models import Heartbeat, Run
from apps.coordination.services.operating import settle_outside
from apps.core.errors import Refused, Unavailable
from tests.make.engine import drain


class No(Refused):
    message = "No."


class Away(Unavailable):
    message = "Away."


class World:
    """What was asked outside, what goes wrong there, and what happens meanwhile."""

    def __init__(self):
        self.begin()

    def begin(self):
        self.asked, self.problems, self.meanwhile = [], {}, {}

    def ask(self, what):
        self.asked.append(what)
        for act in self.meanwhile.pop(what, []):
            act()
        if self.problems.get(what):
            raise self.problems[what].pop(0)
        return what


world = World()


def told(what, receiver=Receiver.KEYED, returns=str, **declared):
    """A call to the outside of that name."""

    def ask(intent: Intent, **values):
        answer = world.ask(what)
        return None if returns is None else answer

    ask.__annotations__["return"] = returns
    return outside(**{"destination": what, "receiver": receiver, **declared})(ask)


@dataclass(frozen=True, kw_only=True)
class Sailed(Event):
    plan: str
    ship: str = "anna"

    @property
    def stream(self) -> str:
        return f"ship:{self.ship}"


@dataclass(frozen=True, kw_only=True)
class Called(Event):
    what: str = ""
    ship: str = "anna"

    @property
    def stream(self) -> str:
        return f"ship:{self.ship}"


def note(*, what: str) -> str:
    count = Heartbeat.objects.filter(kind="ship").count()
    Heartbeat.objects.create(process=f"{count:03} {what}", kind="ship")
    return what


def notes():
    return [r.process[4:] for r in Heartbeat.objects.filter(kind="ship").order_by("process")]


PLANS = {}


def plan(function):
    """Make a story known under its name."""
    PLANS[function.__name__] = function
    return function


@flow("sail", version=1, on=Sailed)
def sail(run: FlowRun[Sailed]) -> None:
    PLANS[run.input.plan](run)


def start(name, **values):
    """Set sail after a plan."""
    publish(Sailed(plan=name, **values))
    return Run.objects.filter(flow="sail").latest("pk")


def state():
    """How the one run stands: its state, whether it is on its way back, why it stopped."""
    run = Run.objects.get()
    return run.state, run.undoing, run.error_code


def settled_without_answer(name: str, what: str) -> Run:
    """A run that stopped because a person settled a call of whose answer its story has need."""
    run = start(name)
    world.problems[what] = [No()]
    drain()
    settle_outside(run_id=run.pk, by="user:1", why="I did it by hand.")
    drain()
    return run
