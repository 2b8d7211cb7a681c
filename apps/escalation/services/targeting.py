"""Setting what is promised to each priority."""

from django.db import transaction

from apps.core.errors import Refused
from apps.escalation.models import MOST_MINUTES, Target


class TargetImpossible(Refused):
    """Nobody can promise this."""

    message = "{problem}"


@transaction.atomic
def set_target(
    *,
    priority: int,
    first_response_minutes: int,
    resolution_minutes: int,
    warn_at_percent: int = 80,
) -> Target:
    """Promise this to tickets of a priority; watching flows see it at their next look."""
    for minutes in (first_response_minutes, resolution_minutes):
        if not 1 <= minutes <= MOST_MINUTES:
            raise TargetImpossible(problem=f"Write 1 to {MOST_MINUTES} minutes.")
    if resolution_minutes < first_response_minutes:
        raise TargetImpossible(problem="A solution cannot be promised before the first response.")
    if not 1 <= warn_at_percent <= 100:
        raise TargetImpossible(problem="Warn at 1 to 100 per cent of the time.")
    target, _ = Target.objects.update_or_create(
        priority=priority,
        defaults={
            "first_response_minutes": first_response_minutes,
            "resolution_minutes": resolution_minutes,
            "warn_at_percent": warn_at_percent,
        },
    )
    return target
