"""Faces: a person or customer as two letters on a colour of their own."""

from dataclasses import dataclass

HUES = 8


@dataclass(frozen=True, kw_only=True)
class Face:
    """Somebody as a small round badge beside their name."""

    name: str
    initials: str
    hue: int


def face(name: str) -> Face:
    """Make the badge of a name; the same name always has the same colour."""
    words = [word for word in name.replace(".", " ").replace("@", " ").split() if word]
    initials = "".join(word[0] for word in words[:2]).upper() or "?"
    return Face(name=name, initials=initials, hue=sum(map(ord, name)) % HUES)
