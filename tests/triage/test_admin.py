"""Admins edit labels, choose the live model, and read what was said."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.triage.models import Label, ModelVersion
from apps.triage.services.recording import record_classification
from tests.make import tickets
from tests.make import triage as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(tickets.person(is_staff=True, is_superuser=True))
    return client


def classified(count: int) -> None:
    for number in range(count):
        ticket = tickets.ticket()
        record_classification(
            key=f"{number}:classify",
            ticket_id=ticket.pk,
            message_id=ticket.messages.get().pk,
            verdict=make.verdict(),
            at=timezone.now(),
        )


def test_a_label_may_get_a_bar_but_never_another_slug(admin):
    make.live_model()
    label = Label.objects.get(slug="refund")

    answer = admin.post(
        reverse("admin:triage_label_change", args=[label.pk]),
        {"slug": "changed", "name": "Refund", "description": "Money.", "bar": "0.9",
         "is_active": "on", "position": "4"},
    )  # fmt: skip

    assert answer.status_code == 302
    label.refresh_from_db()
    assert (label.slug, label.bar) == ("refund", 0.9)


def test_a_bar_out_of_range_is_refused_with_a_message(admin):
    make.live_model()
    label = Label.objects.get(slug="refund")

    answer = admin.post(
        reverse("admin:triage_label_change", args=[label.pk]),
        {"name": "Refund", "description": "Money.", "bar": "7", "position": "4"},
    )

    assert "less than or equal to 1.0" in answer.content.decode()
    label.refresh_from_db()
    assert label.bar is None


def test_an_older_model_is_one_action_away(admin):
    old = make.live_model()
    ModelVersion.objects.filter(pk=old.pk).update(is_live=False)

    answer = admin.post(
        reverse("admin:triage_modelversion_changelist"),
        {"action": "go_live", "_selected_action": [old.pk]},
        follow=True,
    )

    assert "Local 1 is live." in answer.content.decode()
    assert ModelVersion.objects.get(is_live=True) == old


def test_a_damaged_model_does_not_go_live_and_the_admin_is_told(admin):
    damaged = make.live_model(is_live=False, arrays=b"?")

    answer = admin.post(
        reverse("admin:triage_modelversion_changelist"),
        {"action": "go_live", "_selected_action": [damaged.pk]},
        follow=True,
    )

    assert "its checksum does not match" in answer.content.decode()
    assert not ModelVersion.objects.filter(is_live=True).exists()


def test_measurements_are_shown_and_nothing_of_them_can_be_edited(admin):
    version = make.live_model()

    page = admin.get(reverse("admin:triage_modelversion_change", args=[version.pk]))

    assert "accuracy" in page.content.decode()
    assert b'type="submit"' not in page.content.split(b'id="modelversion_form"')[-1]
    assert admin.get(reverse("admin:triage_modelversion_add")).status_code == 403


def test_the_list_of_verdicts_costs_the_same_however_many_there_are(
    admin, django_assert_max_num_queries
):
    classified(12)

    with django_assert_max_num_queries(7):
        page = admin.get(reverse("admin:triage_classification_changelist"))

    assert page.content.decode().count("field-label") == 12


def test_verdicts_are_filtered_by_label_and_read_one_by_one(admin):
    make.live_model()
    classified(1)
    url = reverse("admin:triage_classification_changelist")

    assert "1 classification" in admin.get(url, {"label": "refund"}).content.decode()
    assert "0 classifications" in admin.get(url, {"label": "-"}).content.decode()
    assert admin.get(reverse("admin:triage_classification_add")).status_code == 403


def test_a_reviewer_may_read_verdicts_and_nothing_else_of_triage(client):
    client.force_login(tickets.person(role="reviewer", is_staff=True))
    classified(1)

    assert client.get(reverse("admin:triage_classification_changelist")).status_code == 200
    assert client.get(reverse("admin:triage_label_changelist")).status_code == 403
    assert client.get(reverse("admin:triage_modelversion_changelist")).status_code == 403
