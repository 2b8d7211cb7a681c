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
    some = "" if count == 1 else f" {count:,} runs"
    buttons = {
        Verdict.AGAIN: f"Run{some} again",
        Verdict.DONE: f"Mark{some} as done outside",
        Verdict.GIVE_UP: f"Give{some} up" if some else "Give up",
    }
    return Ask(
        verdict=verdict,
        title=titles[verdict],
        does=DOES[verdict],
        button=buttons[verdict],
        needs_reason=verdict is not Verdict.AGAIN,
    )


DOES = {
    Verdict.AGAIN: "Finished steps stay finished. The outside is asked again under the same keys.",
    Verdict.DONE: "What the outside was asked last counts as done. It is not asked that again, "
    "and what comes after goes on.",
    Verdict.GIVE_UP: "Nothing new is begun, and what was done is taken back where the flow says "
    "how. A call in doubt counts as not done. Later runs of the same story need wait no longer.",
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
