"""The live local model, read from the database once for each of its checksums."""

import threading

from apps.triage.adapters.local import LocalClassifier
from apps.triage.adapters.storing import unpack
from apps.triage.models import ModelVersion

lock = threading.Lock()
loaded: dict[str, LocalClassifier] = {}


def live_classifier() -> LocalClassifier | None:
    """The model in use, or None before the first training. Raises ModelDamaged."""
    live = ModelVersion.objects.defer("arrays", "facts").filter(is_live=True).first()
    if live is None:
        return None
    with lock:
        if live.sha256 not in loaded:
            model = unpack(bytes(live.arrays), sha256=live.sha256, name=live.name)
            loaded.clear()
            loaded[live.sha256] = LocalClassifier(model=model, name=live.name)
        return loaded[live.sha256]
