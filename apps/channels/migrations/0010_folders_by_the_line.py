"""Folders stood between commas; now each stands on a line of its own."""

from django.db import migrations, models


def begin_lines(apps, schema_editor):
    """A comma parted two folders until now."""
    for mailbox in apps.get_model("channels", "Mailbox").objects.filter(folders__contains=","):
        names = [name.strip() for name in mailbox.folders.split(",")]
        mailbox.folders = "\n".join(filter(None, names))
        mailbox.save(update_fields=["folders"])


def join_lines(apps, schema_editor):
    """A name with a comma becomes two: before, there was no way to write it."""
    for mailbox in apps.get_model("channels", "Mailbox").objects.filter(folders__contains="\n"):
        mailbox.folders = ",".join(mailbox.folders.split("\n"))
        mailbox.save(update_fields=["folders"])


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0009_when_mails_reached_us'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, join_lines),
        migrations.AlterField(
            model_name='mailbox',
            name='folders',
            field=models.TextField(default='INBOX', help_text='Folders that are read, each on a line of its own.'),
        ),
        migrations.RunPython(begin_lines, migrations.RunPython.noop),
    ]
