"""What was stored is shown without secrets, whole or cut."""

import json

import pytest

from apps.ops.present.veil import plain, shown


def whole(value: object) -> str:
    text = json.dumps(value)
    return shown(text, len(text)).text


@pytest.mark.parametrize(
    "name", ["password", "api_key", "apiKey", "X-Api-Key", "Authorization", "refresh_token"]
)
def test_what_stands_under_a_secret_name_is_not_shown_at_any_depth(name):
    text = whole({"a": [{name: "hush"}, {"b": {name: {"c": "hush"}}}, {name: ["hush"]}]})

    assert "hush" not in text
    assert text.count("•••") == 3


def test_numbers_and_nothing_under_such_a_name_are_no_secrets():
    assert json.loads(whole({"token_count": 12, "secret": "", "cookies": []})) == {
        "token_count": 12,
        "secret": "",
        "cookies": [],
    }


@pytest.mark.parametrize(
    "head",
    [
        '{"a": 1, "token": "hush',
        '{"a": 1, "token": "hu\\"sh", "b": 2',
        '{"a": 1, "credentials": {"user": "hush", "b": "hus',
        '{"a": 1, "secrets": ["hush", "hush"], "b',
    ],
)
def test_a_text_that_was_cut_hides_them_as_well(head):
    text = shown(head, 10_000).text

    assert text.startswith('{"a": 1')
    assert "hu" not in text


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Authorization: Bearer eyJhbGciOi.x-y_z", "Authorization: Bearer •••"),
        ("https://ida:hush@crm.example/x", "https://•••@crm.example/x"),
        ("key sk-proj-0123456789", "key sk-•••"),
        ("stored sealed:gAAAAAB=", "stored •••"),
        ("plain words, ida@home.example", "plain words, ida@home.example"),
    ],
)
def test_a_secret_is_known_by_its_look(text, instead):
    assert plain(text) == instead


def test_what_is_not_seen_is_made_visible():
    assert plain("a\x00b\u202ec\ufeffd\te\nf") == "a�b�c�d\te\nf"
