"""A file is there whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from apps.core.storage import WholeFiles


class Dying(ContentFile):
    """Content whose reader dies in the middle."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Give half of it."""
        yield b"half of "
        raise RuntimeError


@pytest.fixture
def files(tmp_path: Path) -> WholeFiles:
    return WholeFiles(location=str(tmp_path))


def test_what_was_saved_is_there_under_its_name_alone(files, tmp_path):
    name = files.save("ab/photo.png", ContentFile(b"all of it"))

    assert name == "ab/photo.png"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["photo.png"]
    assert (tmp_path / name).read_bytes() == b"all of it"


def test_a_writer_that_dies_leaves_no_file_of_that_name(files):
    with pytest.raises(RuntimeError):
        files.save("ab/photo.png", Dying(b"half of it"))

    assert not files.exists("ab/photo.png")


def test_the_second_of_a_name_takes_the_place_of_half_a_file(files, tmp_path):
    files.save("ab/photo.png", ContentFile(b"half"))

    name = files.save("ab/photo.png", ContentFile(b"all of it"))

    assert name == "ab/photo.png"
    assert (tmp_path / name).read_bytes() == b"all of it"


def test_who_reads_the_first_while_the_second_is_written_reads_it_to_its_end(files):
    files.save("ab/photo.png", ContentFile(b"all of it"))

    with files.open("ab/photo.png") as reader:
        begun = reader.read(3)
        files.save("ab/photo.png", ContentFile(b"all of it"))
        assert begun + reader.read() == b"all of it"
