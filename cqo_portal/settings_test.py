"""Settings for the tests: servers of their own, never the developer's data, and shortcuts where harmless.

pytest reads this file before any conftest, so it decides where the servers will live; `tests/conftest.py`
starts them there. xdist's workers inherit the place through the environment and share the servers.
"""

import base64
import os
import tempfile
from pathlib import Path

from cqo_portal.machine.embedded import OWNER, Home

TEST_HOME = Home(
    Path(os.environ.setdefault("CQO_TEST_HOME", f"{tempfile.gettempdir()}/cqo-test-{os.getpid()}")), fast=True
)
os.environ |= {
    "SECRET_KEY": "for tests only, and only for tests: nothing is signed with it elsewhere",
    "DATA_KEYS": f"test:{base64.b64encode(bytes(range(32))).decode()}",
    "DATABASE_URL": TEST_HOME.database_url(OWNER),  # creates test databases; the web role's rights have tests
    "REDIS_URL": TEST_HOME.redis_url,
    "DATA_DIR": str(TEST_HOME.root / "files"),
    "SIGNING_KEY": str(TEST_HOME.root / "keys" / "signing.pem"),  # made by the fixture `signing_key`
    "DEMO": "1",  # plain http on localhost; production mode is tested in processes of its own
    "DEBUG": "0",
    "EMAIL_URL": "memorymail://",
    "PUBLIC_URL": "http://testserver",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the test's thread
}
for name in (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "HTTPS",
    "BEHIND_PROXY",
    "WEB_DATABASE_ROLE",
    "LOG_LEVEL",
    "CERTIFICATE_SIGNER",
    "SIGNING_CERTIFICATE",
    "SIGNING_CERTIFICATES",
):
    os.environ.pop(name, None)

from cqo_portal.settings import *  # noqa: E402, F403 -- the environment above comes first

# The database that the servers come with is the pattern: migrated once (tests/conftest.py), then copied.
DATABASES["default"]["TEST"] = {"TEMPLATE": DATABASES["default"]["NAME"]}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 takes 50 ms on purpose
CELERY_TASK_ALWAYS_EAGER = True  # tests of the worker itself start one
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT = TEST_HOME.root / "static"
WHITENOISE_AUTOREFRESH = True
