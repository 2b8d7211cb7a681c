"""Files that are there whole or not at all."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Writes a file beside its place, onto the disk, and only then gives it its name.

    A second file of a name takes the first one's place. A process that dies while it writes
    leaves a ``.part`` behind, which nothing refers to.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_overwrite": True} | options)

    def _save(self, name: str, content: Any) -> str:
        part = super()._save(f"{name}.{uuid4().hex}.part", content)  # type: ignore[misc]
        onto_disk(Path(self.path(part)))
        Path(self.path(part)).replace(self.path(name))
        onto_disk(Path(self.path(name)).parent)
        return name


def onto_disk(path: Path) -> None:
    """Have the disk hold what was written to a file, or which names a folder has."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
