"""Words of the CRM: how one is reached, what is noted there, and what became of a note."""

from django.db.models import TextChoices

from apps.core.states import Moves


class Adapter(TextChoices):
    """How a CRM is reached."""

    REST = "rest", "REST: any JSON CRM, by a mapping"
    SAMPLE = "sample", "sample: a made-up CRM inside this product"


class NoteKind(TextChoices):
    """On what occasion a note is written."""

    CREATED = "created"
    SOLVED = "solved"


class NoteState(TextChoices):
    """Whether the CRM has a note."""

    PENDING = "pending"
    PUSHED = "pushed"
    REFUSED = "refused"


MOVES: Moves = {
    NoteState.PENDING: {NoteState.PENDING, NoteState.PUSHED, NoteState.REFUSED},
    NoteState.REFUSED: {NoteState.PENDING, NoteState.PUSHED, NoteState.REFUSED},
    NoteState.PUSHED: {NoteState.PUSHED},
}
"""A refused note may be tried again by a person; one that arrived stays."""
