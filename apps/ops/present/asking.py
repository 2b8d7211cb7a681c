"""What an operator is about to decide, and what was decided, in words."""

from dataclasses import dataclass

from apps.ops.types import Verdict


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is about to be decided, in words."""

    verdict: Verdict
    title: str
    does: str
    button: str
    needs_reason: bool


def ask(verdict: Verdict, count: int) -> Ask:
    """The question before many are decided, or before a reason was given."""
    what = "this run" if count == 1 else f"these {count:,} runs"
    titles = {
        Verdict.AGAIN: f"Run {what} again?",
        Verdict.DONE: f"Mark {what} as done outside?",
        Verdict.GIVE_UP: f"Give {what} up?",
    }
    button = {
        Verdict.AGAIN: "Run again",
        Verdict.DONE: "Mark as done outside",
        Verdict.GIVE_UP: "Give up",
    }[verdict]
    return Ask(
        verdict=verdict,
        title=titles[verdict],
        does=DOES[verdict],
        button=button if count == 1 else f"{button}: {count:,} runs",
        needs_reason=verdict is not Verdict.AGAIN,
    )


DOES = {
    Verdict.AGAIN: "Finished steps stay finished. The outside is asked again under the same keys.",
    Verdict.DONE: "You know that the open call was done. It is not made again; the run goes on.",
    Verdict.GIVE_UP: "It goes on no more, and takes back what its flow says how to take back. "
    "Later runs of the same story wait for it no longer.",
}
SAID = {
    Verdict.AGAIN: ("runs again", "run again"),
    Verdict.DONE: ("goes on as done outside", "go on as done outside"),
    Verdict.GIVE_UP: ("was given up", "were given up"),
}


def said(verdict: Verdict, count: int) -> str:
    """What was decided, in one sentence."""
    one, many = SAID[verdict]
    return f"1 run {one}." if count == 1 else f"{count:,} runs {many}."
