"""Promises to begin with; an admin changes them."""

from django.db import migrations

LOW, NORMAL, HIGH, URGENT = 1, 2, 3, 4
HOUR, DAY = 60, 24 * 60
TARGETS = {
    URGENT: (HOUR // 2, 4 * HOUR),
    HIGH: (2 * HOUR, DAY),
    NORMAL: (8 * HOUR, 3 * DAY),
    LOW: (DAY, 7 * DAY),
}


def promise(apps, schema_editor):
    target = apps.get_model("escalation", "Target")
    for priority, (first_response, resolution) in TARGETS.items():
        minutes = {"first_response_minutes": first_response, "resolution_minutes": resolution}
        target.objects.get_or_create(priority=priority, defaults=minutes)


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_initial")]

    operations = [migrations.RunPython(promise, migrations.RunPython.noop)]
