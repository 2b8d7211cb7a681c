"""Rules in the admin: mistakes are told beside the field, a draft is tried before it bites."""

import json

import pytest
from django.urls import reverse

from apps.routing.models import Rule
from tests.make.routing import routed, rule, test_of
from tests.make.tickets import person, team, ticket

pytestmark = pytest.mark.django_db

FORM = {"name": "Refunds", "position": 10, "is_active": "on", "priority": 3, "tags": "money, back"}
INLINE = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}


def post(client, url, **fields):
    return client.post(url, {**FORM, **INLINE, **fields}, follow=True)


@pytest.fixture
def lead(client):
    client.force_login(person("lead", is_staff=True))
    return client


def test_a_lead_writes_a_rule(lead):
    tree = test_of("label", "is", "refund")

    answer = post(lead, reverse("admin:routing_rule_add"), conditions=json.dumps(tree))

    made = Rule.objects.get()
    assert answer.status_code == 200
    assert (made.name, made.conditions, made.tags, made.version) == (
        "Refunds",
        tree,
        ["money", "back"],
        1,
    )
    assert made.updated_by.role == "lead"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"conditions": "{"}, "This is not JSON: Expecting property name"),
        ({"conditions": "9" * 5000}, "This is not JSON that can be read."),
        ({"conditions": "[" * 15_000}, "This is not JSON that can be read."),
        ({"conditions": '{"all": []}'}, "The conditions, all: write a list with at least one"),
        ({"conditions": '{"field": "label", "operator": "is", "value": "\\ud800"}'}, "no text."),
        ({"conditions": '{"\\u0000": 1}'}, "write one of"),
        ({"priority": "", "tags": ""}, "Give the rule something to do"),
        ({"tags": "x" * 41}, "at most 40 characters"),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"position": -1}, "greater than or equal to 0"),
        ({"position": 10**12}, "less than or equal to 2147483647"),
        ({"team": 99999}, "Select a valid choice"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_saved(lead, fields, complaint):
    answer = post(lead, reverse("admin:routing_rule_add"), **fields)

    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    assert not Rule.objects.exists()


def test_saving_over_somebody_elses_change_is_refused(lead):
    made = rule(name="Refunds", priority=4)
    Rule.objects.update(version=2)

    answer = post(lead, reverse("admin:routing_rule_change", args=[made.pk]), seen_version=1)

    assert "Somebody else has saved this rule meanwhile." in answer.content.decode()
    made.refresh_from_db()
    assert made.priority == 4


def test_order_and_activity_are_changed_in_the_list(lead):
    made = rule(test_of("label", "is", "refund"), name="Refunds")
    fields = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": made.pk,
        "form-0-position": 7,
        "_save": "Save",
    }

    answer = lead.post(reverse("admin:routing_rule_changelist"), fields, follow=True)

    made.refresh_from_db()
    assert answer.status_code == 200
    assert (made.position, made.is_active, made.version) == (7, False, 2)
    assert made.conditions == test_of("label", "is", "refund")


def test_a_draft_is_tried_before_it_is_saved(lead):
    returns, asked = team("Returns"), ticket(subject="<b>Money</b> back")
    routed(asked, label="refund")
    tree = json.dumps(test_of("label", "is", "refund"))

    page = post(lead, reverse("admin:routing_rule_try_new"), conditions=tree, team=returns.pk)

    text = page.content.decode()
    assert "1 of the last 1 ticket would change:" in text
    assert "Returns, high, money, back" in text
    assert "&lt;b&gt;Money&lt;/b&gt; back" in text
    assert not Rule.objects.exists()


def test_a_draft_with_a_mistake_is_not_tried(lead):
    made = rule()

    page = post(lead, reverse("admin:routing_rule_try", args=[made.pk]), conditions="{")

    assert "The rule cannot be tried as it is written." in page.content.decode()
    assert "This is not JSON" in page.content.decode()
    assert lead.get(reverse("admin:routing_rule_try", args=[made.pk])).status_code == 200


def test_an_earlier_version_is_restored(lead):
    made = rule(name="Refunds", priority=4)
    url = reverse("admin:routing_rule_change", args=[made.pk])
    kept = made.versions.get()
    inline = {"versions-TOTAL_FORMS": 1, "versions-INITIAL_FORMS": 1, "versions-0-id": kept.pk}
    post(lead, url, seen_version=1, **inline)
    assert "Restore" in lead.get(url).content.decode()

    answer = lead.post(reverse("admin:routing_rule_restore", args=[made.pk, 1]), follow=True)

    made.refresh_from_db()
    assert "Version 1 is in force again, as version 3." in answer.content.decode()
    assert (made.priority, made.tags) == (4, [])


def test_a_decision_can_be_read_with_every_reason(lead):
    rule(test_of("words", "contains_any", ["parcel"]), name="Par<els")
    outcome = routed(ticket(), text="no such word")

    page = lead.get(reverse("admin:routing_routingdecision_change", args=[outcome.decision_id]))

    assert page.status_code == 200
    text = page.content.decode()
    assert "<strong>Par&lt;els</strong> (version 1): Did not match:" in text
    assert "✗ subject or text contains any of parcel — has none of them" in text


def test_agents_neither_see_nor_change_rules(client):
    made = rule()
    client.force_login(person("agent", is_staff=True))

    for name, args in (
        ("rule_changelist", []),
        ("rule_change", [made.pk]),
        ("rule_try", [made.pk]),
        ("rule_restore", [made.pk, 1]),
        ("routingdecision_changelist", []),
    ):
        assert client.post(reverse(f"admin:routing_{name}", args=args)).status_code == 403


def test_the_list_takes_the_same_number_of_queries_for_many_rules(lead, django_assert_num_queries):
    for _ in range(12):
        rule(test_of("label", "is", "x"), team_id=team().pk)
    Rule.objects.filter(pk=Rule.objects.earliest("pk").pk).update(conditions={"x": 1})

    with django_assert_num_queries(9):
        page = lead.get(reverse("admin:routing_rule_changelist"))

    assert "Cannot be tried: The conditions: write one of" in page.content.decode()
