"""What must hold before anything starts. In production: no demo accounts, no DEBUG, real secrets.

Called by the web door (wsgi.py), by worker and beat (celery.py), and by `make run` (prepare.py).
"""

import base64
import binascii
import re
import sys
from collections.abc import Sequence
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError

from cqo_portal.machine.trouble import REFUSED

SECRET_LENGTH, KEY_BYTES = 32, 32

TABLES_OF_MINE = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = 'public' AND pg_has_role(current_user, relowner, 'USAGE')
"""


def refuse_if_misconfigured() -> None:
    """Before Django starts: settings that are missing or unfit end the process with one sentence."""
    try:
        found = problems(
            demo=settings.DEMO,
            debug=settings.DEBUG,
            secret=settings.SECRET_KEY,
            data_keys=settings.DATA_KEYS,
            allowed_hosts=settings.ALLOWED_HOSTS,
            public_url=settings.PUBLIC_URL,
        )
    except ImproperlyConfigured as error:
        found = [_missing(str(error))]
    if found:
        _stop(found[0])


def refuse_if_unsafe(*, as_owner: bool = False) -> None:
    """With Django ready: the settings, and what only the database knows."""
    refuse_if_misconfigured()
    if settings.DEMO:
        return
    try:
        if names := demo_accounts():
            _stop(
                f"生产模式拒绝启动：数据库里有演示账号（{'、'.join(names[:3])} 等 {len(names)} 个），请换用全新的数据库。"
            )
        if not as_owner and owns_its_tables():
            print(
                "警告：网站使用的数据库账号拥有数据表，可以绕过只追加的保护；请改用 cqo_web（见 docs/operations.md）。",
                file=sys.stderr,
            )
    except DatabaseError:
        _stop(
            "生产模式拒绝启动：连不上数据库，或表还没有建立；请检查 DATABASE_URL，并先执行 python manage.py migrate。"
        )
    finally:
        connection.close()  # the web server forks after this; a connection must not be shared


def refuse_if_of_other_code() -> None:
    """Before migrating: steps on record that this code does not know were made by newer code, or before the steps were
    written anew; what the tables look like is then unknown."""
    if unknown := unknown_steps():
        _stop(
            f"拒绝启动：数据库里有这份程序不认识的迁移（{'、'.join(unknown[:3])} 等 {len(unknown)} 个），"
            "是由别的版本建立的。请换用那个版本，或换用全新的数据库（演示数据可直接移走 var/postgres）。"
        )


def unknown_steps() -> list[str]:
    """Migrations on record, of apps there are, that no file describes."""
    loader = MigrationLoader(connection)
    unknown = set(loader.applied_migrations or ()) - set(loader.disk_migrations)
    return sorted(f"{label}.{name}" for label, name in unknown if label in loader.migrated_apps)


def problems(
    *,
    demo: bool,
    debug: bool,
    secret: str,
    data_keys: Sequence[str],
    allowed_hosts: Sequence[str],
    public_url: str,
) -> list[str]:
    """What is wrong with the settings alone, one sentence each."""
    found = []
    if len(secret) < SECRET_LENGTH:
        found.append(f"拒绝启动：SECRET_KEY 至少需要 {SECRET_LENGTH} 个字符的随机串。")
    if not data_keys or not all(map(_is_data_key, data_keys)):
        found.append("拒绝启动：DATA_KEYS 应为“编号:Base64”，每个密钥 32 字节；写法见 .env.example。")
    if debug and not demo:
        found.append("生产模式拒绝启动：DEBUG 已打开，出错页会泄露数据；请去掉 DEBUG。")
    if not allowed_hosts and not demo:
        found.append("生产模式拒绝启动：请在 ALLOWED_HOSTS 写明网站域名。")
    if not demo and urlsplit(public_url).hostname in (None, "localhost", "127.0.0.1"):
        found.append(
            "生产模式拒绝启动：请在 PUBLIC_URL 写明对外的网址；它印在证书的二维码里，发出以后不能再改。"
        )
    return found


def demo_accounts() -> list[str]:
    """The accounts whose password is printed in the README."""
    users = get_user_model()._default_manager.filter(is_demo=True).order_by("pk")
    return list(users.values_list("username", flat=True))


def owns_its_tables() -> bool:
    """Whether this connection could change or empty what is meant to be append-only."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES_OF_MINE)
        return cursor.fetchone()[0] > 0


def _is_data_key(text: str) -> bool:
    kid, _, key = text.partition(":")
    try:
        return bool(kid) and len(base64.b64decode(key, validate=True)) == KEY_BYTES
    except binascii.Error:
        return False


def _missing(message: str) -> str:
    name = re.search(r"Set the (\w+) environment variable", message)
    return (
        f"拒绝启动：缺少设置 {name[1]}；写法见 .env.example。"
        if name
        else f"拒绝启动：设置有误（{message}）。"
    )


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(REFUSED)
