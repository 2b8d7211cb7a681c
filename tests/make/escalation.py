"""Builders for promises about time."""

from apps.escalation.services import set_target
from apps.tickets.states import Priority

HOUR, DAY = 60, 24 * 60

TARGETS = {
    Priority.URGENT: (HOUR // 2, 4 * HOUR),
    Priority.HIGH: (2 * HOUR, DAY),
    Priority.NORMAL: (8 * HOUR, 3 * DAY),
    Priority.LOW: (DAY, 7 * DAY),
}


def targets() -> None:
    """Promise what a new desk promises."""
    for priority, (first_response, resolution) in TARGETS.items():
        set_target(
            priority=priority,
            first_response_minutes=first_response,
            resolution_minutes=resolution,
        )
