"""Between our words and any CRM's JSON."""

from datetime import UTC, datetime

import pytest

from apps.core.paths import UnreadableField
from apps.crm.mapping import EXAMPLE, SAMPLE, address, body, contact_in, problems_of, rows_in
from apps.crm.types import ContactFacts
from tests.make.crm import MAPPING

ROW = {
    "id": 7,
    "email": "Ada@Home.example",
    "name": " Ada\n Lovelace ",
    "org": {"name": "Engines"},
    "plan": "Gold",
    "changed": "2026-11-22T12:00:00Z",
    "owner": {"name": "Robin"},
}


def read(row, **changes):
    return contact_in(row, MAPPING | changes, connection="hub")


def test_a_contact_is_read_out_of_an_answer():
    assert read(ROW) == ContactFacts(
        connection="hub",
        external_id="7",
        email="ada@home.example",
        name="Ada Lovelace",
        company="Engines",
        tier="vip",
        fields={"Owner": "Robin"},
        updated_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    )


def test_what_is_not_told_is_empty():
    assert read({"id": "x"}) == ContactFacts(
        connection="hub", external_id="x", fields={"Owner": ""}
    )


@pytest.mark.parametrize(
    "row",
    [
        None,
        [],
        "7",
        {},
        {"id": None},
        {"id": ""},
        {"id": {}},
        ROW | {"name": []},
        ROW | {"changed": "soon"},
        ROW | {"plan": {}},
    ],
)
def test_what_is_no_contact_is_told(row):
    with pytest.raises(UnreadableField):
        read(row)


def test_a_tier_nobody_mapped_tells_nothing():
    assert read(ROW | {"plan": "platinum"}).tier == ""
    assert read(ROW | {"plan": "PLUS"}).tier == "plus"


def test_a_field_to_be_shown_that_is_no_text_is_left_out():
    assert read(ROW | {"owner": {"name": {"deep": 1}}}).fields == {"Owner": ""}


def test_values_stay_one_part_of_an_address():
    made = address("/c/{contact}?r={reference}", {"contact": "../7", "reference": "a&b=c#d"})

    assert made == "/c/..%2F7?r=a%26b%3Dc%23d"


def test_values_are_put_into_a_body_once():
    template = {"a": "Hi {name}", "b": [1, "{email}", None], "c": {"d": "{other} { name }"}}

    assert body(template, {"name": "{email}", "email": "x@y.example"}) == {
        "a": "Hi {email}",
        "b": [1, "x@y.example", None],
        "c": {"d": "{other} { name }"},
    }


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        (None, []),
        ({}, []),
        ({"results": []}, []),
        ({"results": None}, []),
        ({"results": [1, 2]}, [1, 2]),
        ({"results": {"id": 1}}, [{"id": 1}]),
        ({"results": [0] * 500}, [0] * 100),
    ],
)
def test_a_search_finds_rows(answer, rows):
    assert rows_in(answer, "results") == rows


def test_the_example_and_the_tests_mapping_are_good():
    assert problems_of(EXAMPLE) == []
    assert problems_of(MAPPING) == []
    assert not set(SAMPLE) - set(EXAMPLE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"color": "a"}, "color is not a name of ours."),
        ({"id": ""}, "id is missing."),
        ({"id": 7}, "id is not a path"),
        ({"search_path": "/contacts"}, "search_path has no {email}."),
        ({"search_path": "/c?e={email}&t={token}"}, "search_path has {token}; there is email."),
        ({"search_path": "https://x.example/{email}"}, "search_path starts with one /"),
        ({"search_path": "//x.example/{email}"}, "search_path starts with one /"),
        ({"search_path": ["{email}"]}, "search_path starts with one /"),
        ({"create_path": "/c/{email}"}, "create_path has {email}; there is nothing."),
        ({"create_body": "{email}"}, "create_body is an object."),
        ({"create_body": {"a": ["{text}"]}}, "create_body has {text}; there is company, email"),
        ({"note_path": "/notes"}, "note_path has no {contact}."),
        ({"note_search_path": "/n?c={contact}"}, "note_search_path has no {reference}."),
        (
            {"tier_words": {"gold": "best"}},
            "tier_words says 'best'; ours are standard, plus, vip.",
        ),
        ({"tier_words": 7}, "tier_words is an object"),
        ({"fields": {"A": "a..b"}}, "fields is an object from titles to paths."),
        ({"fields": {str(n): "a" for n in range(31)}}, "fields has more than 30 titles."),
        ({"auth_header": "a b"}, "auth_header is not the name of a header."),
        ({"auth_prefix": 7}, "auth_prefix is plain text"),
    ],
)
def test_a_bad_mapping_is_explained(change, said):
    assert any(sentence.startswith(said) for sentence in problems_of(MAPPING | change))


@pytest.mark.parametrize("mapping", [None, [], 7, "x", {}])
def test_a_mapping_of_another_kind_is_explained(mapping):
    assert problems_of(mapping)
