"""Folders of a mailbox are named line by line, whatever stands in a name."""

from importlib import import_module

import pytest
from django.apps import apps

from apps.channels.models import Mailbox
from tests.channels.test_admin_inboxes import ADD, account, words
from tests.make.mails import inbox

pytestmark = pytest.mark.django_db

MIGRATION = import_module("apps.channels.migrations.0010_folders_by_the_line")


def test_folders_stand_on_lines_and_may_have_commas(admin_client):
    typed = {"host": "imap.x.example", "username": "help", "password": "long-word-17"}

    admin_client.post(
        ADD, words(None, typed | {"folders": "INBOX\r\n\r\n Sales, Europe\r\nINBOX"})
    )

    assert Mailbox.objects.get().folders == "INBOX\nSales, Europe"
    assert Mailbox.objects.get().folder_names == ["INBOX", "Sales, Europe"]


def test_folders_that_stood_between_commas_are_read_as_before():
    box = inbox()
    standing = {"a": "INBOX, Support,,Orders ,", "b": "INBOX"}
    for username, folders in standing.items():
        account(box, username=username, folders=folders)

    MIGRATION.begin_lines(apps, None)

    read = {each.username: each.folder_names for each in Mailbox.objects.all()}
    assert read == {"a": ["INBOX", "Support", "Orders"], "b": ["INBOX"]}
