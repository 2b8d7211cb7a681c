"""Targets and escalations in the admin."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.escalation.models import Escalation, Target
from tests.make.escalation import targets
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _targets():
    targets()


@pytest.fixture
def boss(client):
    client.force_login(person("admin", is_staff=True, is_superuser=True))
    return client


def change(client, **fields):
    target = Target.objects.get(priority=2)
    known = {"first_response_minutes": 60, "resolution_minutes": 600, "warn_at_percent": 50}
    url = reverse("admin:escalation_target_change", args=[target.pk])
    return client.post(url, known | fields, follow=True)


def test_an_administrator_changes_a_target(boss):
    assert change(boss).status_code == 200

    target = Target.objects.get(priority=2)
    assert (target.first_response_minutes, target.resolution_minutes) == (60, 600)
    assert target.warn_at_percent == 50


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"first_response_minutes": 0}, "greater than or equal to 1"),
        ({"resolution_minutes": 10**9}, "less than or equal to 527040"),
        ({"resolution_minutes": 59}, "A solution cannot be promised before the first response."),
        ({"warn_at_percent": 101}, "less than or equal to 100"),
        ({"warn_at_percent": "soon"}, "Enter a whole number."),
    ],
)
def test_an_impossible_target_is_told(boss, fields, complaint):
    answer = change(boss, **fields)

    assert complaint in answer.content.decode()
    assert Target.objects.get(priority=2).first_response_minutes == 480


def test_each_priority_has_one_target(boss):
    add = reverse("admin:escalation_target_add")
    fields = {"first_response_minutes": 5, "resolution_minutes": 6, "warn_at_percent": 80}

    refused = boss.post(add, {"priority": 2, **fields}).content.decode()
    kept = Target.objects.get(priority=2)
    kept.delete()
    boss.post(add, {"priority": 2, **fields})

    assert "already exists" in refused
    assert kept.first_response_minutes != 5
    assert Target.objects.get(priority=2).first_response_minutes == 5


def test_a_lead_reads_escalations_and_changes_nothing(client):
    client.force_login(person("lead", is_staff=True))
    at, late = timezone.now(), ticket()
    made = Escalation.objects.create(
        ticket=late,
        promise="resolution",
        level="past",
        since=at,
        due_at=at,
        why="It took too long.",
        old_priority=2,
        new_priority=3,
        at=at,
    )
    url = reverse("admin:escalation_escalation_change", args=[made.pk])

    assert "It took too long." in client.get(url).content.decode()
    assert client.post(url, {"why": "x"}).status_code == 403
    listed = client.get(reverse("admin:escalation_escalation_changelist"))
    assert f"Ticket {late.pk}" in listed.content.decode()
    assert change(client).status_code == 403
