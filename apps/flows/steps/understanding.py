"""What a message is about: the model's checked verdict, and what is made of it."""

from apps.coordination.events import moment
from apps.coordination.flows import Intent, Receiver, outside
from apps.tickets.services.changing import settle_label
from apps.triage.services.classifying import classify_message
from apps.triage.services.recording import record_classification
from apps.triage.types import Verdict


@outside(destination="model", receiver=Receiver.KEYED, timeout=30)
def classify(intent: Intent, *, message_id: int) -> Verdict:
    """Ask the classifier what a message is about; asking changes nothing."""
    return classify_message(message_id=message_id)


def take(*, ticket_id: int, message_id: int, verdict: Verdict) -> str:
    """Keep the verdict; a sure one settles the ticket's label, which is returned."""
    now = moment()
    record_classification(
        key=f"message:{message_id}",
        ticket_id=ticket_id,
        message_id=message_id,
        verdict=verdict,
        at=now,
    )
    if not verdict.sure or not verdict.label:
        return ""
    settle_label(
        ticket_id=ticket_id,
        label=verdict.label,
        language=verdict.language,
        why=f"{verdict.model} is {verdict.confidence:.0%} sure.",
        at=now,
    )
    return verdict.label
