"""Settings, all from the environment; `.env.example` lists every name."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from supportcoord import api_settings
from supportcoord.environment import Environment
from supportcoord.inbound import KEEPERS, WEBHOOKS
from supportcoord.logs import logging_to_standard_error
from supportcoord.postgres import tuned

BASE_DIR = Path(__file__).resolve().parent.parent
env = ENVIRONMENT = Environment(BASE_DIR)

VAR_DIR = env.path("SUPPORTCOORD_VAR", default=BASE_DIR / "var")

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", kept=VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", default="")
SUPPORTCOORD_ENCRYPTION_KEYS = env.secrets(
    "SUPPORTCOORD_ENCRYPTION_KEYS", kept=VAR_DIR / "encryption-keys"
)
"""What tokens of shops and CRMs are sealed with: the first seals, each one opens."""
SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = env.words("SUPPORTCOORD_ALLOW_PRIVATE_HOSTS", default="")
"""Hosts off the public net that connections may lead to; * allows every one."""
HOST = env.text("HOST", default="127.0.0.1")
PORT = env.number("PORT", default=8000, least=1, most=65534)
SITE_URL = env.url("SITE_URL", default=f"http://127.0.0.1:{PORT}")
STREAM_URL = env.url("STREAM_URL", default=f"http://127.0.0.1:{PORT + 1}")
ALLOWED_HOSTS = [
    *env.words("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]"),
    str(urlsplit(SITE_URL).hostname),
]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default="")
WEB_CONCURRENCY = env.number("WEB_CONCURRENCY", default=1, least=1, most=64)
WORKER_CONCURRENCY = env.number("WORKER_CONCURRENCY", default=2, least=1, most=64)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "supportcoord.apps.StaticFiles",
    "django.contrib.humanize",
    "pgtrigger",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "allauth",
    "allauth.account",
    "apps.accounts",
    "apps.coordination",
    "apps.customers",
    "apps.tickets",
    "apps.orders",
    "apps.crm",
    "apps.channels",
    "apps.triage",
    "apps.routing",
    "apps.review",
    "apps.escalation",
    "apps.flows",
    "apps.desk",
    "apps.ops",
]

MIDDLEWARE = [
    "apps.ops.middleware.AnswerProbes",
    "supportcoord.middleware.Trace",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.accounts.api.throttling.RateLimitHeaders",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "supportcoord.urls"
WSGI_APPLICATION = "supportcoord.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": tuned(
        env.database("DATABASE_URL", default="postgresql://postgres@127.0.0.1:5432/supportcoord"),
        max_age=env.number("DATABASE_CONN_MAX_AGE", default=60),
    )
}
REDIS_URL = env.url("REDIS_URL", default="redis://127.0.0.1:6379/0", schemes=("redis", "rediss"))
CACHES = {
    "default": {
        "BACKEND": "supportcoord.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "apps.accounts.backends.RoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
TIME_ZONE = env.zone("TIME_ZONE", default="UTC")
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "apps.core.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "supportcoord.static.Storage"},
}
MEDIA_ROOT = VAR_DIR / "media"

# How mail leaves: EMAIL_URL, or one file a message under var/outbox.
vars().update(env.email_url("EMAIL_URL", outbox=VAR_DIR / "outbox"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="Support <support@localhost>")

# The web process speaks plain HTTP. An https SITE_URL says that a proxy stands before it, which
# must set X-Forwarded-Proto itself and drop what its callers send under that name.
BEHIND_TLS = SITE_URL.startswith("https:")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", default=31_536_000 if BEHIND_TLS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Being in the browsers' preload lists is for the owner of the whole domain to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'", STREAM_URL],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

LOGGING = logging_to_standard_error(
    env.choice("LOG_LEVEL", default="INFO", among=("DEBUG", "INFO", "WARNING", "ERROR"))
)

REST_FRAMEWORK = api_settings.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR_SETTINGS
API_BODY_LIMIT = 35 * 2**20
"""Bytes of a JSON body, files in base64 included."""

INBOUND_WEBHOOKS = env.pairs("INBOUND_WEBHOOKS", among=WEBHOOKS, shortest=16)
"""Which providers may post mail here, and by which secret each is known."""
INBOUND_TOKENS = env.pairs(
    "INBOUND_TOKENS",
    among=KEEPERS,
    shortest=16,
    wanted=[name for name in KEEPERS if name in INBOUND_WEBHOOKS],
)
"""What is shown to those that tell of a mail and keep it until it is fetched."""

LMTP_LISTEN = env.place("LMTP_LISTEN")
"""Where mail servers hand mail over; without it nobody listens."""
BLOCKED_FILE_TYPES = env.endings(
    "BLOCKED_FILE_TYPES",
    default=(
        "ade,adp,apk,appx,bat,chm,cmd,com,cpl,dll,exe,hta,img,ins,iso,isp,jar,js,jse,lnk,mde,msc,"
        "msi,msix,msp,mst,pif,ps1,reg,scr,sct,shb,sys,url,vb,vbe,vbs,vhd,vhdx,vxd,wsc,wsf,wsh,xll"
    ),
)
"""Endings of files from outside that are kept and never handed out."""
CLAMD_URL = env.daemon("CLAMD_URL")
"""Where clamd checks files from outside for viruses; without it nobody does."""

TRUSTED_MAIL_SERVERS = frozenset(
    name.lower() for name in env.words("TRUSTED_MAIL_SERVERS", default="")
)
"""Mail servers of our own whose Authentication-Results are believed, by the name in them."""

API_REQUESTS_PER_MINUTE = env.number("API_REQUESTS_PER_MINUTE", default=1200, least=1)

# R7 of the engine: Celery carries wake-ups and nothing else; no promise rests on the broker.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_LOST_WAIT = 2.0
"""Seconds after which a dead child's run is free: no result of it is worth a longer wait."""
CELERY_DB_REUSE_MAX = 2**62
"""Celery would open a connection for each task, which costs more than all of a run's statements;
`supportcoord.celery` looks after connections instead, by their age and by their health."""
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 5,
    # A wake-up may be lost: no book is kept of those that a worker took and has not begun.
    "ack_emulation": False,
    # A hint is sent once: nobody who committed waits for a broker that is away.
    "max_retries": 0,
    "interval_start": 0,
}

COORDINATION_HINTS = env.flag("SUPPORTCOORD_HINTS", default=True)
"""Whether wake-ups are sent; where they are not, only the coordinator's sweep moves runs (tests)."""
COORDINATOR_PAUSE = 1.0

RUNS_KEPT_DAYS = env.number("RUNS_KEPT_DAYS", default=90, least=1, most=36_500)
"""For how many days a run that is over is remembered."""

METRICS_KEY = env.secret("METRICS_KEY", default="")
"""What a reader of /metrics must show; without it there are none."""

ROUTING_DEFAULT_TEAM = env.text("SUPPORTCOORD_DEFAULT_TEAM", default="support")
"""The slug of the team that gets what no routing rule gives to one."""

# What says what a message is about. A hosted model is asked only with a key, and the local one
# checks it; the client library would read these names itself, so they are the usual ones.
SUPPORTCOORD_CLASSIFIER = env.choice(
    "SUPPORTCOORD_CLASSIFIER", default="local", among=("local", "openai")
)
OPENAI_API_KEY = env.secret("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.url("OPENAI_BASE_URL", default="https://api.openai.com/v1")
OPENAI_MODEL = env.text("OPENAI_MODEL", default="gpt-4o-mini")

# The periodic clockwork: which Celery task the coordinator starts, and how often.
CLOCKWORK: dict[str, timedelta] = {
    "apps.orders.tasks.refresh_stale_orders": timedelta(minutes=5),
    "apps.review.tasks.expire_overdue": timedelta(minutes=5),
    "apps.escalation.tasks.check_promises": timedelta(minutes=1),
    "apps.triage.tasks.train_first_model": timedelta(minutes=5),
    "apps.ops.tasks.forget_old_runs": timedelta(hours=1),
}
