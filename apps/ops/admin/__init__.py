"""What operators do in the administration: dead letters, runs as timelines, breakers."""

from apps.ops.admin.breakers import BreakerAdmin
from apps.ops.admin.runs import RunAdmin

__all__ = ["BreakerAdmin", "RunAdmin"]
