"""The deploy gate: no release goes live that lacks what unfinished runs need."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.coordination.events import start_run
from apps.coordination.models import Run
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db


def begun(**fields):
    run_id = start_run(flow="post a parcel", key="street:elm", input=ParcelPosted(to="elm"))
    Run.objects.filter(pk=run_id).update(created_at="2026-11-02T09:15:00Z", **fields)
    return run_id


def said():
    text = io.StringIO()
    call_command("check_versions", stdout=text)
    return text.getvalue()


def test_a_release_that_has_what_runs_need_may_go_live():
    begun()

    assert said() == "This release has every version of a flow that unfinished runs need.\n"


def test_each_version_that_is_missing_is_named_with_its_runs():
    oldest = begun(version=7)
    begun(version=7)
    alone = begun(flow="feed the cat")

    with pytest.raises(CommandError) as refused:
        said()

    assert str(refused.value).splitlines() == [
        f"1 unfinished run needs version 1 of “feed the cat”, which this release lacks, the "
        f"oldest is run {alone} of 2026-11-02: keep that version until they have ended.",
        f"2 unfinished runs need version 7 of “post a parcel”, which this release lacks, the "
        f"oldest is run {oldest} of 2026-11-02: keep that version until they have ended.",
    ]
    assert refused.value.returncode == 1


def test_a_parked_run_still_needs_its_code():
    begun(version=7, state="dead")

    with pytest.raises(CommandError, match="1 unfinished run needs version 7"):
        said()


def test_a_run_that_is_over_needs_none():
    begun(version=7, state="cancelled")

    assert said().startswith("This release has every version")
