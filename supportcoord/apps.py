"""What the project changes about apps it did not write."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Leaves out scripts that are not used and that name files they do not bring along."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx"]
