"""Static files under names that change with their contents, kept compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also renames what one script imports from another; a file unknown to it keeps its name."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """A page with a file that was not collected is still a page."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
