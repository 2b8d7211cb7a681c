"""Words of the escalation: what is promised, and how near its time is."""

from django.db.models import TextChoices


class Promise(TextChoices):
    FIRST_RESPONSE = "first_response", "first response"
    RESOLUTION = "resolution"


class Level(TextChoices):
    NEAR = "near"
    PAST = "past"
