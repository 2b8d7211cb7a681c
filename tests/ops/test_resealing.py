"""Old encryption keys can be thrown away once everything is sealed with the new one."""

import pytest
from django.core.management import CommandError, call_command

from apps.crm.models import Connection
from apps.orders.models import Shop
from tests.make.crm import SECRET, connection
from tests.make.orders import shop

pytestmark = pytest.mark.django_db
OLD, NEW = "an old key of the tests, long", "a new key of the tests, long"


@pytest.fixture(autouse=True)
def _sealed_with_the_old_key(settings):
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [OLD]
    shop("eu", token="tok-1")
    shop("us")
    connection("hub", token="tok-2")


def test_everything_is_sealed_anew_and_the_old_key_can_go(settings, capsys):
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW, OLD]

    call_command("reseal_secrets")
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW]

    assert capsys.readouterr().out == "3 secrets are sealed with the first key.\n"
    assert Shop.objects.get(slug="eu").token.reveal() == "tok-1"
    hub = Connection.objects.get()
    assert (hub.token.reveal(), hub.webhook_secret.reveal()) == ("tok-2", SECRET)


def test_what_no_key_opens_is_named_and_stays(settings):
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CommandError, match="No key opens token of shop EU, token of connection"):
        call_command("reseal_secrets")
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [OLD]

    assert Shop.objects.get(slug="eu").token.reveal() == "tok-1"
