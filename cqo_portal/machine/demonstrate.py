"""Tell the demonstration story once, and list who may sign in with which password."""

import os
from collections.abc import Iterable
from io import StringIO

import django
from django.conf import settings
from django.core.management import call_command

SHOWN = """
enterprise county city province officer enterprise-jx body leader expert1 expert2 expert3 expert4 province-js provider
enterprise-hz admin
""".split()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cqo_portal.settings")
    django.setup()
    call_command("load_demo", verbosity=0, stdout=StringIO())
    print(f"演示账号（密码都是 {settings.DEMO_PASSWORD}）：")
    for line in _accounts():
        print(line)


def _accounts() -> Iterable[str]:
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager.filter(is_demo=True).prefetch_related("assignments")
    known = {user.username: user for user in users}
    for name in filter(known.__contains__, SHOWN):
        yield f"  {name:<14}{known[name].get_full_name()}　{'；'.join(map(str, known[name].assignments.all()))}"


if __name__ == "__main__":
    main()
