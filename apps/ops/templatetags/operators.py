"""What the administration's frame tells operators: how many dead letters wait."""

from typing import Any

from django import template

from apps.channels.queries.quarantine import how_many as how_many_held
from apps.ops.queries.breakers import left_alone
from apps.ops.queries.letters import how_many

register = template.Library()
MOST = 1000


@register.simple_tag(takes_context=True)
def dead_letters(context: dict[str, Any]) -> str:
    """How many wait, for whoever may decide; nothing for none, and for everybody else."""
    user = context.get("user")
    if user is None or not user.has_perm("coordination.change_run"):
        return ""
    number = how_many(MOST)
    return f"{MOST - 1}+" if number >= MOST else str(number or "")


@register.simple_tag
def held_mails() -> str:
    """How many mails lie in quarantine; for a page of those who may see them."""
    number = how_many_held(MOST)
    return f"{MOST - 1}+" if number >= MOST else str(number or "")


@register.simple_tag
def open_breakers() -> int:
    """How many destinations are left alone; for a page of operators."""
    return left_alone()
