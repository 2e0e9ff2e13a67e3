"""The embedded servers are real, keep what they were given, and come back from the roughest end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from cqo_portal.machine import embedded
from cqo_portal.machine.embedded import OWNER, WEB, Home, Postgres, Valkey
from cqo_portal.machine.trouble import Trouble


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("servers"))  # durable, as in `make run`: recovery is tested
    embedded.start(home, tied=True)
    yield home
    embedded.stop(home)


def rows(home: Home, statement: str, *, role: str = OWNER, database: str = "cqo_portal") -> list[tuple]:
    connection = psycopg2.connect(home.database_url(role, database=database))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_it_is_a_postgresql_with_checksums_utf8_and_the_two_extensions(home):
    settings = "current_setting('data_checksums'), current_setting('server_encoding'), datlocale"
    assert rows(home, f"SELECT {settings} FROM pg_database WHERE datname = 'cqo_portal'") == [
        ("on", "UTF8", "C.UTF-8")
    ]
    assert rows(home, "SELECT extname FROM pg_extension ORDER BY 1") == [
        ("btree_gist",),
        ("pg_trgm",),
        ("plpgsql",),
    ]


def test_it_listens_on_a_private_socket_and_on_no_port(home):
    assert rows(home, "SELECT current_setting('listen_addresses')") == [("",)]
    assert home.run.stat().st_mode & 0o777 == 0o700


def test_the_roles_are_no_superusers_and_the_web_role_owns_nothing(home):
    roles = rows(
        home,
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles "
        "WHERE rolname LIKE 'cqo%' ORDER BY 1",
    )
    assert roles == [(OWNER, False, False, False), (WEB, False, False, False)]
    owned = "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'cqo_web'::regrole"
    assert rows(home, owned) == [(0,)]


def test_the_web_role_can_neither_create_a_table_nor_become_the_owner(home):
    for statement in ("CREATE TABLE mine (id int)", f"SET ROLE {OWNER}"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            rows(home, statement, role=WEB)


def test_a_second_start_finds_the_first(home):
    before = Postgres(home).pid()
    embedded.start(home)
    assert before is not None
    assert Postgres(home).pid() == before


def test_a_row_survives_stop_and_start(home):
    rows(home, "CREATE TABLE kept (word text)")
    rows(home, "INSERT INTO kept VALUES ('泊头')")
    embedded.stop(home)
    assert Postgres(home).pid() is None
    embedded.start(home, tied=True)
    assert rows(home, "SELECT word FROM kept") == [("泊头",)]


def test_a_committed_row_survives_kill_9_of_the_whole_server(home):
    rows(home, "CREATE TABLE struck (n int)")
    rows(home, "INSERT INTO struck SELECT generate_series(1, 1000)")
    pid = Postgres(home).pid()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for victim in (pid, *map(int, children)):
        os.kill(victim, signal.SIGKILL)
    embedded.start(home, tied=True)
    assert Postgres(home).pid() not in (None, pid)
    assert rows(home, "SELECT count(*) FROM struck") == [(1000,)]


def test_a_lock_file_that_names_a_stranger_does_not_keep_the_server_down(home):
    """After a power cut the number in postmaster.pid may belong to any program; here it is ours."""
    embedded.stop(home)
    (home.data / "postmaster.pid").write_text(f"{os.getpid()}\n{home.data}\n1\n5432\n")
    assert Postgres(home).pid() is None
    embedded.start(home, tied=True)
    assert rows(home, "SELECT 1") == [(1,)]


def test_a_cluster_that_was_half_made_is_made_again(tmp_path):
    home = Home(tmp_path, fast=True)
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = Postgres(home)
    server.start(tied=True)
    assert rows(home, "SELECT 1") == [(1,)]
    server.stop()


def test_a_clone_in_a_deep_or_chinese_folder_gets_a_short_plain_socket_path(tmp_path):
    deep = tmp_path / ("深" * 30) / ("d" * 80)
    home = Home(deep, fast=True)
    try:
        embedded.start(home, tied=True)
        assert len(str(home.run)) < 40
        assert rows(home, "SELECT 1") == [(1,)]
        assert redis.from_url(home.redis_url).ping()
    finally:
        embedded.stop(home)
        home.run.rmdir()


def test_a_socket_folder_that_somebody_else_put_there_is_not_trusted(tmp_path):
    home = Home(tmp_path / ("d" * 120), fast=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home.run.symlink_to(elsewhere)
    try:
        with pytest.raises(Trouble, match="不属于用户"):
            embedded.start(home)
    finally:
        home.run.unlink()


def test_servers_end_with_the_process_that_started_them_even_by_kill_9(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from cqo_portal.machine import embedded\n"
        "embedded.start(embedded.Home(Path(sys.argv[1]), fast=True), tied=True); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE) as starter:
        assert starter.stdout.readline() == b"up\n"
        home = Home(tmp_path, fast=True)
        assert Postgres(home).pid() is not None
        starter.kill()
    assert embedded._wait(lambda: Postgres(home).pid() is None, seconds=10)
    assert embedded._wait(lambda: not Valkey(home).is_running(), seconds=10)


def test_valkey_answers_and_keeps_a_polite_stop(home):
    redis.from_url(home.redis_url).set("word", "泊头")
    Valkey(home).stop()
    assert not Valkey(home).is_running()
    Valkey(home).start(tied=True)
    assert redis.from_url(home.redis_url).get("word") == "泊头".encode()
