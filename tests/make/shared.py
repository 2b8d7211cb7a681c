"""The public data beside the project, where it is there."""

from pathlib import Path

from django.conf import settings


def public_mails() -> Path | None:
    """The folder of the public mails; the nearest one, for a link may lead to another."""
    above = (folder / "shared" / "data" / "mail" for folder in Path(settings.BASE_DIR).parents)
    return next((folder for folder in above if folder.is_dir()), None)
