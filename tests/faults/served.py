"""Settings of the server that a fault test starts: the test's own database, real processes, no shortcuts."""

import os

from cqo_portal.settings_test import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["CQO_TEST_DATABASE"]  # noqa: F405
ROOT_URLCONF = os.environ.get("CQO_TEST_URLS", "cqo_portal.urls")
CELERY_TASK_ALWAYS_EAGER = False
