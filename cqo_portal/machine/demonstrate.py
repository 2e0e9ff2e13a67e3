"""Tell the demonstration story once, and list who may sign in with which password."""

import os
from collections.abc import Iterable

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cqo_portal.settings")
    django.setup()
    call_command("load_demo", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115 -- ends with us
    print(f"演示账号（密码都是 {settings.DEMO_PASSWORD}）：")
    for line in _accounts():
        print(line)


def _accounts() -> Iterable[str]:
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager.filter(is_demo=True).order_by("pk")
    for user in users.prefetch_related("assignments"):
        yield f"  {user.username:<12}{user.get_full_name()}　{'；'.join(map(str, user.assignments.all()))}"


if __name__ == "__main__":
    main()
