"""What is this message about? Answered without writing anything, and whatever is away."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from django.conf import settings

from apps.core.errors import NotFound
from apps.tickets.models import Message
from apps.triage.adapters.languages import language_of
from apps.triage.adapters.live import live_classifier
from apps.triage.adapters.openai import OpenAIClassifier
from apps.triage.parsing import readable
from apps.triage.ports import Classifier, ModelDamaged, ModelUnavailable
from apps.triage.queries import known_labels
from apps.triage.rules.combining import combined
from apps.triage.rules.judging import abstention, judge, too_short
from apps.triage.rules.urgency import urgency_of
from apps.triage.types import LabelInfo, RawAnswer, Verdict

log = logging.getLogger(__name__)

NOT_TRAINED = "No model has been trained yet (manage.py train_model)."


def classify_text(*, subject: str, text: str) -> Verdict:
    """Classify what a customer wrote. Never raises for a text, nor for a model that is away.

    A hosted model that fails leaves the local one; without that, the verdict abstains, so that
    no ticket ever waits for a model.
    """
    message = readable(subject, text)
    language, urgency = language_of(message), urgency_of(message).level
    short = too_short(message)
    if short:
        return abstention(short, model="rules", language=language, urgency=urgency)
    labels = known_labels()
    answer, notes = opinion_on(message, labels)
    if answer is None:
        return abstention(*notes, model="none", language=language, urgency=urgency)
    verdict = judge(answer, labels, text=message, language=language, urgency=urgency)
    return replace(verdict, reasons=verdict.reasons + notes)


def classify_message(*, message_id: int) -> Verdict:
    """Classify one message of a ticket, without its quoted history."""
    message = Message.objects.select_related("ticket").filter(pk=message_id).first()
    if message is None:
        raise NotFound(thing="message", key=message_id)
    subject = message.subject or message.ticket.subject
    return classify_text(subject=subject, text=message.visible or message.text)


def opinion_on(text: str, labels: Sequence[LabelInfo]) -> tuple[RawAnswer | None, tuple[str, ...]]:
    """The best answer to be had right now, and notes on what was not to be had."""
    local, notes = local_opinion(text, labels)
    hosted = hosted_classifier()
    if hosted is None:
        return local, notes
    try:
        return combined(hosted.classify(text, labels), local), notes
    except ModelUnavailable as error:
        log.warning("The hosted model was not asked or did not answer: %s", error)
        return local, (*notes, "The hosted model was away; the local one decided alone.")


def local_opinion(
    text: str, labels: Sequence[LabelInfo]
) -> tuple[RawAnswer | None, tuple[str, ...]]:
    """What the live local model says; nothing when there is none that can be trusted."""
    try:
        local = live_classifier()
    except ModelDamaged as error:
        log.exception("The live model was refused.")
        return None, (str(error),)
    return (local.classify(text, labels), ()) if local else (None, (NOT_TRAINED,))


def hosted_classifier() -> Classifier | None:
    """The hosted model, when the settings name it and there is a key for it."""
    if settings.SUPPORTCOORD_CLASSIFIER != "openai" or not settings.OPENAI_API_KEY:
        return None
    return _hosted(settings.OPENAI_API_KEY, settings.OPENAI_MODEL, settings.OPENAI_BASE_URL)


@cache
def _hosted(api_key: str, model: str, base_url: str) -> Classifier:
    return OpenAIClassifier(api_key=api_key, model=model, base_url=base_url)
