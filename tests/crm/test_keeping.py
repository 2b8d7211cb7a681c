"""What a CRM told us of our customers, and what we want noted there."""

from datetime import timedelta

import pytest

from apps.coordination.models import Event
from apps.core.errors import IllegalMove, NotFound
from apps.crm.models import Contact, Note
from apps.crm.queries import active_connections, contacts_of_customer, notes_about
from apps.crm.services.keeping import remember_contact, settle_note, write_note
from apps.customers.models import Customer, Identity
from tests.make.crm import NOON, connection, contact, facts, note
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def ada():
    connection("hub")
    return customer("ada@home.example", name="ada")


def remember(ada, at=NOON, **told):
    return remember_contact(facts=facts(**told), customer_id=ada.pk, at=at)


def test_a_contact_is_kept_and_its_customer_brought_up_to_date(ada):
    told = remember(ada, fields={"Owner": "Robin"})

    kept = Contact.objects.get()
    assert (kept.customer, kept.external_id, kept.fields) == (ada, "7", {"Owner": "Robin"})
    ada.refresh_from_db()
    assert (ada.name, ada.company, ada.tier) == ("Ada Lovelace", "Engines", "vip")
    assert told.changed == ("company", "email", "fields", "name", "tier")
    event = Event.objects.get(type="ContactChanged")
    assert event.stream == f"customer:{ada.pk}"
    assert event.payload == {
        "customer_id": ada.pk,
        "connection": "hub",
        "external_id": "7",
        "changed": ["company", "email", "fields", "name", "tier"],
    }
    assert Identity.objects.filter(customer=ada, kind="crm", value="hub:7").exists()


def test_the_same_again_changes_only_the_time_of_asking(ada):
    remember(ada)

    assert remember(ada, at=LATER).changed == ()

    assert Contact.objects.get().fetched_at == LATER
    assert Event.objects.filter(type="ContactChanged").count() == 1


def test_what_the_crm_does_not_tell_stays(ada):
    remember(ada)

    remember(ada, name="", company="", tier="", email="", at=LATER)

    ada.refresh_from_db()
    assert (ada.name, ada.company, ada.tier) == ("Ada Lovelace", "Engines", "vip")
    assert Contact.objects.get().name == "Ada Lovelace"


def test_older_facts_are_left_aside(ada):
    remember(ada, tier="vip", updated_at=LATER)

    assert remember(ada, tier="plus", updated_at=NOON).changed == ()

    assert Customer.objects.get().tier == "vip"


def test_an_unknown_connection_and_an_unknown_customer_leave_nothing(ada):
    with pytest.raises(NotFound, match="connection mars"):
        remember(ada, connection="mars")
    with pytest.raises(NotFound, match="customer 999"):
        remember_contact(facts=facts(), customer_id=999, at=NOON)

    assert not Contact.objects.exists()


def test_a_note_is_written_once_for_each_occasion():
    place = contact()
    first = note(place, about="ticket:42", text="a\x00b\nc")

    again = note(place, about="ticket:42", text="other")
    note(place, about="ticket:42", kind="solved")

    assert again == first
    assert first.text == "ab\nc"
    assert [n.kind for n in notes_about("ticket:42")] == ["created", "solved"]


def test_a_note_at_a_contact_nobody_knows_is_refused():
    with pytest.raises(NotFound, match="contact hub:9"):
        write_note(
            connection="hub", external_id="9", about="ticket:1", kind="created", text="", at=NOON
        )


def test_a_note_that_arrived_stays_arrived():
    waiting = note()
    settle_note(note_id=waiting.pk, to="pushed", external_id="N-1")

    settle_note(note_id=waiting.pk, to="refused", error="late")

    assert Note.objects.values_list("state", "external_id", "error").get() == ("pushed", "N-1", "")


def test_a_note_moves_only_to_states_there_are():
    with pytest.raises(IllegalMove):
        settle_note(note_id=note().pk, to="lost")


def test_desks_read_contacts_and_notes_in_a_fixed_number_of_queries(django_assert_num_queries):
    for number in range(9):
        note(contact(external_id=str(number)), about="ticket:42", kind=f"k{number}")
    ada = Customer.objects.get()

    with django_assert_num_queries(1):
        found = contacts_of_customer(ada.pk)
    with django_assert_num_queries(1):
        assert len(notes_about("ticket:42")) == 9

    assert found[0].external_id == "8"
    assert found[0].connection_name == "HUB"


def test_only_active_connections_are_written_to():
    connection("hub")
    connection("old", is_active=False)

    assert active_connections() == ["hub"]
