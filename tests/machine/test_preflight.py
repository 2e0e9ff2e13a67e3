"""Production refuses to start while it is unsafe; each refusal with its control."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cqo_portal.machine import preflight
from cqo_portal.machine.embedded import OWNER, WEB
from cqo_portal.machine.trouble import REFUSED

ROOT = Path(__file__).resolve().parents[2]
KEY = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SAFE = {
    "demo": False,
    "debug": False,
    "secret": "s" * 32,
    "data_keys": [KEY],
    "allowed_hosts": ["cqo.example"],
    "public_url": "https://cqo.example",
}


def test_a_safe_production_has_no_problem():
    assert preflight.problems(**SAFE) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"public_url": "http://localhost:8000"},
            "生产模式拒绝启动：请在 PUBLIC_URL 写明对外的网址；它印在证书的二维码里，发出以后不能再改。",
        ),
        ({"secret": "s" * 31}, "拒绝启动：SECRET_KEY 至少需要 32 个字符的随机串。"),
        ({"data_keys": []}, "拒绝启动：DATA_KEYS 应为“编号:Base64”，每个密钥 32 字节；写法见 .env.example。"),
        ({"data_keys": [KEY, "k2:c2hvcnQ="]}, "拒绝启动：DATA_KEYS 应为“编号:Base64”，每个密钥 32 字节；写法见 .env.example。"),
        ({"data_keys": ["k1:***"]}, "拒绝启动：DATA_KEYS 应为“编号:Base64”，每个密钥 32 字节；写法见 .env.example。"),
        ({"debug": True}, "生产模式拒绝启动：DEBUG 已打开，出错页会泄露数据；请去掉 DEBUG。"),
        ({"allowed_hosts": []}, "生产模式拒绝启动：请在 ALLOWED_HOSTS 写明网站域名。"),
    ],
)  # fmt: skip
def test_one_sentence_for_each_problem(change, sentence):
    assert preflight.problems(**SAFE | change) == [sentence]


def test_the_demonstration_may_debug_but_not_without_secrets():
    assert preflight.problems(**SAFE | {"demo": True, "debug": True, "allowed_hosts": []}) == []
    assert len(preflight.problems(**SAFE | {"demo": True, "secret": ""})) == 1


def production(settings, *, role: str = OWNER, **changes: str) -> dict[str, str]:
    """The environment of a production process on the test's database."""
    safe = {
        "PATH": os.environ["PATH"],
        "CQO_VAR": str(settings.TEST_HOME.root),  # where no file adds to these
        "PYTHONWARNINGS": "ignore",
        "DJANGO_SETTINGS_MODULE": "cqo_portal.settings",
        "DEMO": "0",
        "DEBUG": "0",
        "SECRET_KEY": "s" * 50,
        "DATA_KEYS": KEY,
        "ALLOWED_HOSTS": "cqo.example",
        "PUBLIC_URL": "https://cqo.example",
        "DATABASE_URL": settings.TEST_HOME.database_url(role, database=connection.settings_dict["NAME"]),
        "REDIS_URL": settings.REDIS_URL,
    }
    return safe | changes


def start(module: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import {module}; print('open')"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_web_door_opens_on_a_database_without_demo_accounts(settings):
    result = start("cqo_portal.wsgi", production(settings))
    assert (result.returncode, result.stdout) == (0, "open\n"), result.stderr
    assert result.stderr.startswith("警告：网站使用的数据库账号拥有数据表")  # the tests own their tables


@pytest.mark.django_db(transaction=True)
def test_the_web_door_stays_shut_on_demo_accounts(settings):
    get_user_model().objects.create(username="county", full_name="王雪梅", is_demo=True)
    result = start("cqo_portal.wsgi", production(settings))
    assert (result.returncode, result.stdout) == (REFUSED, "")
    assert result.stderr == ("生产模式拒绝启动：数据库里有演示账号（county 等 1 个），请换用全新的数据库。\n")


@pytest.mark.django_db(transaction=True)
def test_worker_and_beat_stay_shut_on_demo_accounts(settings):
    get_user_model().objects.create(username="county", full_name="王雪梅", is_demo=True)
    code = "from cqo_portal.celery import app; from celery.signals import {0}; app.set_default(); {0}.send(None); print('open')"
    for signal in ("worker_init", "beat_init"):
        result = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(); {code.format(signal)}"],
            cwd=ROOT, env=production(settings), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (result.returncode, result.stdout) == (REFUSED, ""), result.stderr
        assert "生产模式拒绝启动：数据库里有演示账号" in result.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "拒绝启动：缺少设置 SECRET_KEY；写法见 .env.example。\n"),
        ({"DATA_KEYS": None}, "拒绝启动：缺少设置 DATA_KEYS；写法见 .env.example。\n"),
        ({"DATABASE_URL": None}, "拒绝启动：缺少设置 DATABASE_URL；写法见 .env.example。\n"),
        ({"DEBUG": "1"}, "生产模式拒绝启动：DEBUG 已打开，出错页会泄露数据；请去掉 DEBUG。\n"),
        (
            {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"},
            "生产模式拒绝启动：连不上数据库，或表还没有建立；请检查 DATABASE_URL，并先执行 python manage.py migrate。\n",
        ),
    ],
    ids=["secret", "data-keys", "database", "debug", "unreachable"],
)
@pytest.mark.django_db
def test_the_web_door_says_in_one_sentence_what_is_missing(settings, changes, sentence):
    environment = production(settings) | {name: value for name, value in changes.items() if value}
    for name in (name for name, value in changes.items() if value is None):
        del environment[name]
    result = start("cqo_portal.wsgi", environment)
    assert (result.returncode, result.stderr) == (REFUSED, sentence)


@pytest.mark.django_db
def test_who_owns_the_tables_is_known(settings):
    assert preflight.owns_its_tables()
    with connection.cursor() as cursor:
        assert WEB in str(settings.WEB_DATABASE_ROLE)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole AND relkind = 'r'", [WEB])
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_database_of_other_code_is_not_touched(capsys):
    """With a step on record that no file describes; the first line is the control."""
    assert preflight.refuse_if_of_other_code() is None
    MigrationRecorder(connection).record_applied("registry", "0099_from_the_future")
    with pytest.raises(SystemExit):
        preflight.refuse_if_of_other_code()
    assert "不认识的迁移（registry.0099_from_the_future 等 1 个）" in capsys.readouterr().err
