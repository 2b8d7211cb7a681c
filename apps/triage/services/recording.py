"""Verdicts are kept as they were given."""

from datetime import datetime

from apps.triage.models import Classification
from apps.triage.types import Verdict


def record_classification(
    *, key: str, ticket_id: int, message_id: int, verdict: Verdict, at: datetime
) -> Classification:
    """Keep a verdict. The same key always means the same record: the first one."""
    given = {
        "ticket_id": ticket_id,
        "message_id": message_id,
        "label": verdict.label or "",
        "confidence": verdict.confidence,
        "runner_up": verdict.runner_up or "",
        "runner_up_confidence": verdict.runner_up_confidence,
        "language": verdict.language,
        "urgency": verdict.urgency,
        "sure": verdict.sure,
        "reasons": list(verdict.reasons),
        "model": verdict.model[:120],
        "created_at": at,
    }
    record, _ = Classification.objects.get_or_create(key=key, defaults=given)
    return record
