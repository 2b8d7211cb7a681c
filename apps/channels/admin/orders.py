"""What a person asks for in quarantine, as the forms of the page say it."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, QueryDict

from apps.channels.queries.quarantine import MOST, held
from apps.channels.types import Held, Sieve, Verdict
from apps.core.admin import reason
from apps.core.text import clean_text

MOST_SAID = 5
BATCH = 100
"""So many are decided within one request; the page goes on by itself."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A decision about some mails, and how far it has come."""

    verdict: Verdict
    mails: list[Held]
    why: str
    sure: bool
    done: tuple[int, ...] = ()
    unmoved: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def tokens(self) -> str:
        """The mails as a form carries them."""
        return " ".join(map(str, self.mails))

    @property
    def done_ids(self) -> str:
        """The mails that were decided, as a form carries them."""
        return " ".join(map(str, self.done))

    @property
    def over(self) -> int:
        """How many of them are done with, one way or the other."""
        return len(self.done) + self.unmoved

    @property
    def whole(self) -> int:
        """How many it is about."""
        return self.over + len(self.mails)

    @property
    def is_clear(self) -> bool:
        """Whether nothing has to be asked first: a reason, or whether so many are meant."""
        explained = bool(self.why) or self.verdict is Verdict.AGAIN
        return explained and (self.sure or len(self.mails) == 1)

    def after(self, decided: tuple[int, ...], refused: tuple[str, ...]) -> "Order":
        """What is left to do once a batch was done."""
        return replace(
            self,
            mails=self.mails[BATCH:],
            done=self.done + decided,
            unmoved=self.unmoved + len(refused),
            reasons=(*self.reasons, *refused)[:MOST_SAID],
        )


def read_sieve(words: QueryDict) -> Sieve:
    """Which mails are meant, by the words of an address or a form."""
    names = ("cause", "inbox", "day")
    return Sieve(**{name: clean_text(words.get(name, ""))[:200] for name in names})


def read_order(request: HttpRequest) -> Order | None:
    """The order that was posted; None when no decision was among it."""
    form = request.POST
    every = form.get("verdict_all", "")
    verdict = every or form.get("verdict", "")
    if verdict not in set(Verdict):
        return None
    return Order(
        verdict=Verdict(verdict),
        mails=held(read_sieve(form)) if every else read_mails(form),
        why=reason(request),
        sure=bool(form.get("sure")),
        done=read_done(form.get("done", "")),
        unmoved=read_number(form.get("unmoved", "")),
        reasons=tuple(line for line in form.get("reasons", "").splitlines() if line)[:MOST_SAID],
    )


def read_mails(form: QueryDict) -> list[Held]:
    """The mails that were ticked, or that an earlier page carries."""
    tokens = [*form.getlist("mail"), *form.get("mails", "").split()][:MOST]
    read = (Held.read(token) for token in dict.fromkeys(tokens))
    return [one for one in read if one]


def read_done(text: str) -> tuple[int, ...]:
    """The mails that earlier batches decided; words that are none are left out."""
    return tuple(number for word in text.split()[:MOST] if (number := read_number(word)))


def read_number(text: str) -> int:
    """A number that a form carries."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
