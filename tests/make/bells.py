"""A small story of a house, its bell and its door, told by flows in the tests of the engine."""

from dataclasses import dataclass
from datetime import timedelta

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from apps.core.errors import Refused


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    house: str
    times: int = 1

    @property
    def stream(self) -> str:
        return f"house:{self.house}"


@dataclass(frozen=True, kw_only=True)
class DoorOpened(BellRang):
    """Somebody came to the door."""


@dataclass(frozen=True, kw_only=True)
class LightOn(BellRang):
    """A light went on."""


said: list[str] = []
script: dict[str, object] = {}


def turn_on_light(*, house: str) -> int:
    said.append(f"light {house}")
    publish(LightOn(house=house))
    return 60


class Jammed(Refused):
    message = "The door is jammed."


def stumble(_: Intent, *, house: str) -> str:
    said.append(f"asked {house}")
    problem = script.pop("problem", None)
    if isinstance(problem, Exception):
        raise problem
    return f"hello {house}"


ask_keyed = outside(destination="porter", receiver=Receiver.KEYED)(stumble)
ask_unsafe = outside(destination="postman", receiver=Receiver.UNSAFE)(stumble)


@flow("answer the bell", version=1, on=BellRang)
def answer_the_bell(run: FlowRun[BellRang]) -> None:
    watts = run.transact("light", turn_on_light, house=run.input.house)
    said.append(f"{watts} watts")
    door = run.wait("door", DoorOpened, within=timedelta(hours=1), house=run.input.house)
    ask = ask_unsafe if run.input.times == 2 else ask_keyed
    said.append(run.call("greet", ask, house=door.house if door else "nobody"))


def ring(house="7", times=1):
    publish(BellRang(house=house, times=times))
