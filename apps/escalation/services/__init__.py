"""Watching promises, escalating once, telling somebody who can help, setting targets."""

from apps.escalation.services.escalating import check_promises, escalate, look
from apps.escalation.services.targeting import set_target
from apps.escalation.services.telling import write_notice

__all__ = ["check_promises", "escalate", "look", "set_target", "write_notice"]
