"""Static files under names that change with their contents, kept compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also renames what one script imports from another; a file unknown to it keeps its name."""

    support_js_module_import_aggregation = True
    manifest_strict = False
