"""Does the web server answer? Asked by `make run` and by the containers' health check.

python -m cqo_portal.machine.answers 127.0.0.1:8000
"""

import os
import sys
import urllib.request


def answers(place: str, *, allowed_hosts: str) -> bool:
    """Whether /healthz says 200, asked under a name the server accepts and past any proxy."""
    name = allowed_hosts.split(",")[0].strip().lstrip("*.") or "localhost"
    request = urllib.request.Request(f"http://{place}/healthz", headers={"Host": name})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return direct.open(request, timeout=5).status == 200
    except OSError:  # URLError and HTTPError are among them
        return False


if __name__ == "__main__":
    sys.exit(not answers(sys.argv[1], allowed_hosts=os.environ.get("ALLOWED_HOSTS", "")))
