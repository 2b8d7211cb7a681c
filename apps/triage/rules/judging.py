"""From a model's raw answer to a verdict: whatever is not sure, says why."""

import math
import re
from collections.abc import Sequence

from apps.triage.types import LabelInfo, RawAnswer, Verdict

LEAST_WORDS = 2
LEAST_LETTERS = 6
WORDS = re.compile(r"[^\W\d_]{2,}")

COMMANDS = re.compile(
    r"(?:ignore|disregard|forget)\s{1,3}(?:all\s{1,3}|any\s{1,3}|the\s{1,3}|your\s{1,3}|these\s{1,3}"
    r"|my\s{1,3}){0,3}(?:previous|prior|above|earlier|other)?\s{0,3}(?:instructions?|rules|prompts?)"
    r"|system\s{0,2}prompt|you\s{1,3}are\s{1,3}now\s{1,3}(?:a|an|the)\b|respond\s{1,3}only\s{1,3}with"
    r"|classify\s{1,3}(?:this|it)\s{1,3}as|(?:ignorier\w{0,3}|vergiss)\s{1,3}(?:alle\s{1,3})?"
    r"(?:vorherigen|bisherigen)?\s{0,3}(?:anweisungen|regeln)",
    re.IGNORECASE,
)
"""Sentences that speak to a model rather than to a desk. They only ever lower automation."""


def too_short(text: str) -> str:
    """Why a text says too little to be classified; empty when it says enough."""
    words = WORDS.findall(text)
    if len(words) < LEAST_WORDS or sum(map(len, words)) < LEAST_LETTERS:
        return f"The message has {len(words)} readable words; that is too little to tell."
    return ""


def judge(
    answer: RawAnswer, labels: Sequence[LabelInfo], *, text: str, language: str, urgency: str
) -> Verdict:
    """Believe an answer only as far as it can be checked."""
    refusal = too_short(text) or _refusal(answer, labels)
    if refusal:
        return abstention(
            refusal, *answer.doubts, model=answer.model, language=language, urgency=urgency,
            guess=answer,
        )  # fmt: skip
    label = next(info for info in labels if info.slug == answer.label)
    doubts = _doubts(answer, label, text) + _strange_language(answer, language)
    return Verdict(
        label=label.slug,
        confidence=round(answer.confidence, 4),
        runner_up=answer.runner_up,
        runner_up_confidence=round(answer.runner_up_confidence, 4),
        language=language,
        urgency=urgency,
        sure=not doubts,
        reasons=tuple(doubts or _grounds(answer, label)) + _words(answer),
        model=answer.model,
    )


def abstention(
    *reasons: str, model: str, language: str, urgency: str, guess: RawAnswer | None = None
) -> Verdict:
    """No label, with the reasons; the best guess, if it is one, stands as runner-up."""
    sane = guess is not None and guess.label is not None and _is_chance(guess.confidence)
    return Verdict(
        label=None,
        confidence=0.0,
        runner_up=guess.label if guess and sane else None,
        runner_up_confidence=round(guess.confidence, 4) if guess and sane else 0.0,
        language=language,
        urgency=urgency,
        sure=False,
        reasons=reasons,
        model=model,
    )


def bar_for(answer: RawAnswer, label: LabelInfo) -> float:
    """What confidence a label needs: the admin's bar, else the measured one."""
    return answer.bar if label.bar is None else label.bar


def _refusal(answer: RawAnswer, labels: Sequence[LabelInfo]) -> str:
    """Why an answer cannot be used at all."""
    known = {info.slug: info for info in labels}
    if answer.label is None:
        return "The model names no label."
    if not (_is_chance(answer.confidence) and _is_chance(answer.runner_up_confidence)):
        return "The model's confidence is no number from 0 to 1."
    if answer.label not in known:
        return "The model names a label that does not exist."
    if not known[answer.label].is_active:
        return f"The label {answer.label} is switched off."
    if not math.isfinite(answer.scope) or answer.scope < 0:
        return "The message looks like nothing that the labels are for."
    return ""


def _doubts(answer: RawAnswer, label: LabelInfo, text: str) -> list[str]:
    """Why a usable answer still needs a person."""
    doubts = list(answer.doubts)
    bar = bar_for(answer, label)
    if len(set(answer.heads.values())) > 1:
        told = ", ".join(f"{head}: {said}" for head, said in sorted(answer.heads.items()))
        doubts.append(f"Two opinions disagree: {told}.")
    if answer.confidence < bar:
        doubts.append(f"Confidence {answer.confidence:.2f} is below the bar of {bar:.2f}.")
    if label.always_review:
        doubts.append(f"A person always looks at {label.name}.")
    if COMMANDS.search(text):
        doubts.append("The message tries to give orders to a model.")
    return doubts


def _strange_language(answer: RawAnswer, language: str) -> list[str]:
    if not language or not answer.languages or language in answer.languages:
        return []
    return [f"The model has not learned the language {language}."]


def _grounds(answer: RawAnswer, label: LabelInfo) -> list[str]:
    """Why nobody needs to look."""
    bar = bar_for(answer, label)
    grounds = [f"Confidence {answer.confidence:.2f} reaches the bar of {bar:.2f}."]
    if len(answer.heads) > 1:
        grounds.append(f"Two opinions agree: {' and '.join(sorted(answer.heads))}.")
    return grounds


def _words(answer: RawAnswer) -> tuple[str, ...]:
    return (f"Words that spoke for it: {', '.join(answer.evidence)}.",) if answer.evidence else ()


def _is_chance(value: float) -> bool:
    return math.isfinite(value) and 0.0 <= value <= 1.0
