"""The product's own settings, over the servers of the test run."""

import os

from apps.ops.servers import ServerWontStart
from tests.servers import own_broker_database, prepare

try:
    prepare()
except ServerWontStart as error:
    raise SystemExit(str(error)) from None
own_broker_database()
# Tests run side by side, and some fork: threads that count together would hang in the child.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from supportcoord.settings import *  # noqa: E402, F403
from supportcoord.settings import DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Each test that commits begins with empty tables, the log among them.
DATABASES["default"]["OPTIONS"]["options"] += " -c supportcoord.may_truncate=on"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
