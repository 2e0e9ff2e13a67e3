"""The door for the web server. It stays shut while the deployment is unsafe."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from cqo_portal.machine.logs import Presentable
from cqo_portal.machine.preflight import refuse_if_misconfigured, refuse_if_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cqo_portal.settings")

refuse_if_misconfigured()
application = get_wsgi_application()
refuse_if_unsafe()

for name in ("gunicorn.access", "gunicorn.error"):  # their handlers are the server's own, whoever starts it
    logging.getLogger(name).addFilter(Presentable())
