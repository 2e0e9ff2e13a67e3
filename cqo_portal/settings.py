"""One file of settings, read from the environment (or from `var/env`, which `make install` writes).

The default is production: without DEMO=1 nothing of the demonstration exists, and without a secret,
a data key and a database nothing starts at all.
"""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from cqo_portal.machine.embedded import VAR, Home

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = VAR  # what this machine makes and keeps

env = environ.Env()
environ.Env.read_env(VAR_DIR / "env")  # never overrides the real environment

# ── What this deployment is ───────────────────────────────────────────────────────────────────
DEMO = env.bool("DEMO", False)  # demonstration: a banner on every page, demo accounts exist
DEMO_PASSWORD = "cqo-demo-2026"  # noqa: S105 -- public on purpose; production refuses demo accounts
AUTHORITY = env(
    "AUTHORITY", default="沧州市市场监督管理局" if DEMO else ""
)  # named at the foot of every page
CONTACT = env("CONTACT", default="")  # whom to call when something fails
DEBUG = env.bool("DEBUG", False)  # development only; `machine.preflight` refuses it in production
SECRET_KEY = env("SECRET_KEY")  # signs sessions and one-time links
DATA_KEYS = env.list("DATA_KEYS")  # "id:base64" keys of 32 bytes; the first one seals, all of them open
PUBLIC_URL = env(
    "PUBLIC_URL", default=f"http://localhost:{env.int('PORT', default=8000)}"
)  # as printed in mails and QR codes
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", not DEMO)  # secure cookies and HSTS; the demonstration runs on plain localhost

# ── Apps: the floor first, then an officer's life, then the roof ──────────────────────────────
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "import_export",
    "pgtrigger",
    "rules",
    "cqo_portal.reference",
    "cqo_portal.parties",
    "cqo_portal.accounts",
    "cqo_portal.audit",
    "cqo_portal.notifications",
    "cqo_portal.workflow",
    "cqo_portal.ui",
    "cqo_portal.imports",
    "cqo_portal.reminders",
    "training",
    "registry.notices",
    "registry.incidents",
    "registry.lists",
    "registry",
    "registry.batches",
    "registry.reports",
    "registry.talent",
    "registry.supervision",
    "registry.rehearsal",
    "registry.duties",
    "evaluation.bodies",
    "evaluation.experts",
    "evaluation",
    "evaluation.appraisal",
    "certificates",
    "cqo_portal.desk",
    "cqo_portal.statistics",
    "cqo_portal.offices",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cqo_portal.accounts.middleware.acting",  # in which of their roles the person acts
    "cqo_portal.ui.middleware.bounded",  # the check of CSRF, which comes after all of these, takes a whole body in
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "cqo_portal.desk.middleware.keep_the_list",  # an act leads back to its page, with the list one works through
    "cqo_portal.ui.middleware.sign_in_on_a_whole_page",  # and never inside a fragment that htmx exchanges
    "cqo_portal.ui.middleware.hand_back",  # signed out meanwhile: what was written is not lost
    "cqo_portal.ui.middleware.only_pages",  # what only takes forms leads back to a page
    "cqo_portal.ui.middleware.no_store",  # personal pages stay out of caches on shared computers
]

ROOT_URLCONF = "cqo_portal.urls"
WSGI_APPLICATION = "cqo_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "cqo_portal.ui.context.frame",
            ],
            "builtins": [
                "cqo_portal.ui.templatetags.ui",
                "cqo_portal.workflow.once",
                "cqo_portal.workflow.notes",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# ── Data: PostgreSQL everywhere; the web role owns no table (see docs/operations.md) ──────────
EMBEDDED = Home(VAR_DIR)  # the servers of `make run`; a production deployment names its own
DATABASES = {"default": env.db("DATABASE_URL", EMBEDDED.database_url() if DEMO else env.NOTSET)}
DATABASES["default"] |= {
    "CONN_HEALTH_CHECKS": True,
    "CONN_MAX_AGE": 60,
    "ATOMIC_REQUESTS": False,
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
)
WEB_DATABASE_ROLE = env("WEB_DATABASE_ROLE", default="cqo_web")
DATA_DIR = Path(env("DATA_DIR", default=str(VAR_DIR / "files")))  # papers; never below a web root
MEDIA_ROOT = DATA_DIR
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
PAPER_MAX_BYTES = 20 * 1024 * 1024
BODY_MAX_BYTES = {  # what may be sent to an address and below it; where nothing is named, "/"
    "/": 32 * 1024 * 1024,  # with room for a paper that is refused for its size beside its field
    "/verify/": 6 * 1024 * 1024,
    "/hours/reports/new/": PAPER_MAX_BYTES * 10 + 1024 * 1024,  # ten papers at once
}
BODY_MAX_BYTES_UNKNOWN = 6 * 1024 * 1024  # of whoever is not signed in, wherever it goes

# ── Signing certificates: the worker alone needs the key, who checks needs certificates ───────
CERTIFICATE_SIGNER = env("CERTIFICATE_SIGNER", default="certificates.signing.current.LocalSigner")
SIGNING_KEY = Path(env("SIGNING_KEY", default=str(VAR_DIR / "keys" / "signing.pem")))  # key and certificate
SIGNING_CERTIFICATE = Path(env("SIGNING_CERTIFICATE", default=str(SIGNING_KEY.with_suffix(".crt"))))
SIGNING_CERTIFICATES = env.list("SIGNING_CERTIFICATES", default=[])  # of earlier keys: still trusted

# Login limits and one-time-code marks must survive the loss of Redis: they live in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# ── Jobs: Redis carries wake-ups only; every fact is a row first ──────────────────────────────
REDIS_URL = env("REDIS_URL", default=EMBEDDED.redis_url if DEMO else env.NOTSET)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)  # Celery's word for a Unix socket
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 30 * 60  # a task that hangs gives its worker back; what it left, a sweep finds
CELERY_TASK_PUBLISH_RETRY = False  # a wake-up that is lost is made up for by the next sweep
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,  # a Redis that hangs must not hold up a request; a worker asks every second anyway
    "max_retries": 1,
}
CELERY_TIMEZONE = "Asia/Shanghai"

vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEMO else "smtp://localhost:25"))
OUTBOX_LEASE = env.int("OUTBOX_LEASE", default=300)  # seconds one message is a worker's own
# Of one word and its answer; a conversation of some six of them ends well within the lease.
EMAIL_TIMEOUT = max(1, min(30, OUTBOX_LEASE // 10))
TEXT_GATEWAY = env("TEXT_GATEWAY", default="cqo_portal.notifications.channels.LoggedText")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="noreply@cqo.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ── Who signs in, and how ─────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "cqo_portal.accounts.backends.WithRoles",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "cqo_portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,30/m/ip"}
MFA_ADAPTER = "cqo_portal.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "首席质量官平台"
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cqo_portal.ui.pages.csrf_failure"

# ── What a browser may do with our pages ──────────────────────────────────────────────────────
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)  # one proxy of ours that sets both headers itself
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # else all of a city would share the proxy's login limit
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = {"camera": [], "geolocation": [], "microphone": [], "payment": [], "usb": []}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# ── Language, time, static files ──────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
BOOTSTRAP_DIR = Path(find_spec("bootstrap").submodule_search_locations[0])  # the wheel bootstrap-wrapper
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap/css", BOOTSTRAP_DIR / "css")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"presentable": {"()": "cqo_portal.machine.logs.Presentable"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["presentable"]}
    },
    "loggers": {
        "weasyprint": {"level": "ERROR"}
    },  # it warns of each rule in our sheets that only browsers know
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO" if not DEMO else "WARNING")},
}
