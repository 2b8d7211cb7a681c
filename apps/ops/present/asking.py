"""What an operator is about to decide, and what was decided, in words."""

from apps.core.admin.orders import Wording
from apps.core.text import many
from apps.ops.types import Verdict

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


def wording(verdict: Verdict, count: int) -> Wording:
    """The question before many are decided, or before a reason was given; the answer after."""
    one, several = SAID[verdict]
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
        Verdict.GIVE_UP: f"Give{some} up",
    }
    return Wording(
        title=titles[verdict],
        does=DOES[verdict],
        button=buttons[verdict],
        said=f"{many(count, f'run {one}', f'runs {several}')}.",
        needs_reason=verdict is not Verdict.AGAIN,
        is_grave=verdict is Verdict.GIVE_UP,
    )
