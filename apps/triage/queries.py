"""What screens and other parts read of triage."""

from apps.triage.models import Classification, Label, ModelVersion
from apps.triage.types import LabelInfo


def known_labels() -> tuple[LabelInfo, ...]:
    """Every label, switched off ones too: an answer is checked against them."""
    return tuple(label.info for label in Label.objects.all())


def active_labels() -> tuple[LabelInfo, ...]:
    """The labels people and rules may choose."""
    return tuple(label.info for label in Label.objects.filter(is_active=True))


def latest_classification(*, ticket_id: int) -> Classification | None:
    """What was last said of a ticket's messages."""
    return Classification.objects.of_ticket(ticket_id).first()


def has_live_model() -> bool:
    """Whether there is a local model to ask."""
    return ModelVersion.objects.filter(is_live=True).exists()
