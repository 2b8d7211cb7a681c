"""The labels a desk starts with."""

from django.db import transaction

from apps.triage.models import Label
from apps.triage.starter import starter_labels


@transaction.atomic
def ensure_starter_labels() -> int:
    """Add the starter labels that are missing; returns how many. Changed ones stay as they are."""
    known = set(Label.objects.values_list("slug", flat=True))
    missing = [
        Label(
            slug=info.slug,
            name=info.name,
            description=info.description,
            always_review=info.always_review,
            position=place,
        )
        for place, info in enumerate(starter_labels(), start=1)
        if info.slug not in known
    ]
    Label.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
