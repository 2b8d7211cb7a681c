"""Between our words and any CRM's JSON, by paths and templates that an admin edits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from apps.core.paths import clean, dig, is_path, text_at, time_at, unreadable
from apps.core.web import is_header
from apps.crm.types import ContactFacts
from apps.customers.rules import normal_identity
from apps.customers.states import Tier

PLACE = re.compile(r"\{([a-z]+)\}")
PERSON = {"email", "name", "company"}
NOTE = {"contact", "text", "reference"}
WAYS = {
    "search_path": {"email"},
    "create_path": set(),
    "note_path": {"contact"},
    "note_search_path": {"contact", "reference"},
}
BODIES = {"create_body": PERSON, "note_body": NOTE}
ROOTS = ("search_root", "create_root", "note_root", "note_search_root", "webhook_root")
PATHS = {
    *ROOTS,
    "id",
    "email",
    "name",
    "company",
    "tier",
    "updated_at",
    "note_id",
    "note_reference",
    "webhook_type",
}
OTHERS = {"fields", "tier_words", "auth_header", "auth_prefix"}
NEEDED = ("search_path", "create_path", "create_body", "id", "email", "note_path", "note_body")
MOST_FIELDS = 30
EXAMPLE: dict[str, Any] = {
    "search_path": "/contacts?email={email}",
    "search_root": "results",
    "create_path": "/contacts",
    "create_body": {"email": "{email}", "name": "{name}", "company": "{company}"},
    "create_root": "contact",
    "id": "id",
    "email": "email",
    "name": "name",
    "company": "company.name",
    "tier": "plan",
    "tier_words": {"gold": "vip", "silver": "plus"},
    "updated_at": "updated_at",
    "fields": {"Account manager": "owner.name"},
    "note_path": "/contacts/{contact}/notes",
    "note_body": {"text": "{text}", "reference": "{reference}"},
    "note_root": "note",
    "note_id": "id",
    "note_search_path": "/contacts/{contact}/notes?reference={reference}",
    "note_search_root": "results",
    "note_reference": "reference",
    "webhook_type": "type",
    "webhook_root": "data",
}
"""A mapping to start from; the admin shows it beside the field."""

SAMPLE: dict[str, Any] = {
    **{name: name for name in ("id", "email", "name", "company", "tier", "updated_at")},
    "webhook_root": "data",
}
"""How the sample CRM speaks in its webhooks."""


def problems_of(mapping: Any) -> list[str]:
    """What is wrong with a mapping, in sentences; nothing when it can be used."""
    if not isinstance(mapping, dict):
        return ["A mapping is an object of names, paths and templates."]
    known = PATHS | OTHERS | WAYS.keys() | BODIES.keys()
    found = [f"{name} is not a name of ours." for name in mapping if name not in known]
    found += [f"{name} is missing." for name in NEEDED if not mapping.get(name)]
    found += [
        f"{name} is not a path such as results.0.id."
        for name in sorted(PATHS & mapping.keys())
        if not is_path(mapping[name]) and not (name in ROOTS and mapping[name] == "")
    ]
    for name, places in (WAYS | BODIES).items():
        if name in mapping:
            found += problems_of_template(name, mapping[name], places)
    return [*found, *problems_of_words(mapping), *problems_of_headers(mapping)]


def problems_of_template(name: str, template: Any, places: set[str]) -> Iterator[str]:
    """What is wrong with one address or body."""
    if name in WAYS and not is_request_path(template):
        yield f"{name} starts with one / and is plain text without spaces."
    elif name in BODIES and not isinstance(template, dict):
        yield f"{name} is an object."
    else:
        used = {place for text in texts_of(template) for place in PLACE.findall(text)}
        for place in sorted(used - places):
            yield f"{name} has {{{place}}}; there is {', '.join(sorted(places)) or 'nothing'}."
        if name in WAYS and places - used:
            yield f"{name} has no {{{sorted(places - used)[0]}}}."


def is_request_path(path: object) -> bool:
    """Tell whether a text is the end of an address."""
    if not isinstance(path, str) or len(path) > 300 or not path.isascii():
        return False
    rooted = path.startswith("/") and not path.startswith("//")
    return rooted and path.isprintable() and " " not in path and "#" not in path


def texts_of(template: Any) -> Iterator[str]:
    """Every text in a template."""
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from texts_of(value)
    elif isinstance(template, list):
        for value in template:
            yield from texts_of(value)


def problems_of_words(mapping: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the CRM's words for tiers, and with the fields to show."""
    words, fields = mapping.get("tier_words", {}), mapping.get("fields", {})
    if not isinstance(words, dict):
        yield "tier_words is an object from the CRM's words to ours."
    elif wrong := [ours for ours in words.values() if ours not in Tier.values]:
        yield f"tier_words says {wrong[0]!r}; ours are {', '.join(Tier.values)}."
    if not isinstance(fields, dict) or not all(is_path(path) for path in fields.values()):
        yield "fields is an object from titles to paths."
    elif len(fields) > MOST_FIELDS:
        yield f"fields has more than {MOST_FIELDS} titles."


def problems_of_headers(mapping: dict[str, Any]) -> Iterator[str]:
    """What is wrong with how we show our token."""
    if not is_header(mapping.get("auth_header", "Authorization")):
        yield "auth_header is not the name of a header."
    prefix = mapping.get("auth_prefix", "")
    if not isinstance(prefix, str) or not (prefix.isascii() and (prefix + "x").isprintable()):
        yield "auth_prefix is plain text, such as Bearer."


def address(template: str, values: Mapping[str, str]) -> str:
    """An address with values put in; each stays one part of it."""
    return PLACE.sub(lambda place: quote(values.get(place[1], place[0]), safe=""), template)


def body(template: Any, values: Mapping[str, str]) -> Any:
    """A body with values put in, once: what a value itself holds is not looked at again."""
    if isinstance(template, str):
        return PLACE.sub(lambda place: values.get(place[1], place[0]), template)
    if isinstance(template, Mapping):
        return {name: body(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [body(value, values) for value in template]
    return template


def rows_in(answer: Any, root: str) -> list[Any]:
    """What a search found: a list, or one object, or nothing."""
    found = dig(answer, root)
    if isinstance(found, list):
        return found[:100]
    return [] if found is None or found == {} else [found]


def contact_in(data: Any, mapping: Mapping[str, Any], *, connection: str) -> ContactFacts:
    """Read a contact. Raises UnreadableField when a value is not what the mapping says."""
    if not isinstance(data, Mapping):
        raise unreadable("", data, "a contact")
    told = {
        name: text_at(data, mapping[name], most=most) if name in mapping else ""
        for name, most in (("id", 120), ("email", 254), ("name", 120), ("company", 120))
    }
    if not told["id"]:
        raise unreadable(mapping["id"], None, "the id of a contact")
    titles = dict(list(mapping.get("fields", {}).items())[:MOST_FIELDS])
    return ContactFacts(
        connection=connection,
        external_id=told["id"],
        email=normal_identity("email", told["email"]),
        name=told["name"],
        company=told["company"],
        tier=tier_in(data, mapping),
        fields={clean(title)[:60]: shown_at(data, path) for title, path in titles.items()},
        updated_at=time_at(data, mapping["updated_at"]) if "updated_at" in mapping else None,
    )


def tier_in(data: Any, mapping: Mapping[str, Any]) -> str:
    """Our word for the CRM's tier; a word that nobody mapped tells us nothing."""
    word = text_at(data, mapping["tier"], most=60).casefold() if "tier" in mapping else ""
    ours = {key.casefold().strip(): value for key, value in mapping.get("tier_words", {}).items()}
    return str(ours.get(word) or (word if word in Tier.values else ""))


def shown_at(data: Any, path: str) -> str:
    """A value to be shown as it is; what is no text is left out."""
    value = dig(data, path)
    return text_at(data, path, most=200) if isinstance(value, str | int) else ""
