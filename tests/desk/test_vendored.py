"""Files of others: each is the one that was reviewed, and says where it is from."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "static" / "vendor"
ENTRIES = json.loads((VENDOR / "vendor.json").read_text())


def test_every_vendored_file_is_the_one_that_was_reviewed():
    found = {
        f"{folder.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in VENDOR.iterdir()
        if folder.is_dir()
        for path in folder.iterdir()
    }

    written = {
        f"{entry['folder']}/{name}": digest
        for entry in ENTRIES
        for name, digest in entry["sha256"].items()
    }

    assert found == written


def test_every_vendored_package_brings_its_licence():
    assert all("LICENSE" in entry["sha256"] and entry["licence"] for entry in ENTRIES)


def test_every_icon_that_is_drawn_is_in_the_sprite_and_none_is_idle():
    sprite = (ROOT / "templates" / "desk" / "_icons.svg").read_text()
    there = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', sprite))
    words = "\n".join(
        path.read_text()
        for folder, kind in (("templates", "*.html"), ("apps", "*.py"), ("static/desk", "*.js"))
        for path in (ROOT / folder).rglob(kind)
    )

    drawn = set(re.findall(r'\{% icon "([a-z0-9-]+)"', words))
    idle = {name for name in there if f'"{name}"' not in words}

    assert drawn <= there
    assert idle == set()
