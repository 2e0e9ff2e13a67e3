"""Whom the servers run as, and the one entry that lets that user pass through a closed directory."""

import os
import subprocess
from pathlib import Path

import pytest

from cqo_portal.machine import account
from cqo_portal.machine.account import (
    ACL_ENTRY,
    ACL_HEADER,
    GROUP_OBJ,
    MASK,
    NOBODY_IN_PARTICULAR,
    OTHER,
    USER,
    USER_OBJ,
    Account,
    account_for,
    let_pass,
)

CLOSED = [(tag, bits, NOBODY_IN_PARTICULAR) for tag, bits in ((USER_OBJ, 7), (GROUP_OBJ, 0), (OTHER, 0))]


def entries(acl: bytes) -> list[tuple[int, int, int]]:
    assert ACL_HEADER.unpack_from(acl) == (2,)
    return list(ACL_ENTRY.iter_unpack(acl[ACL_HEADER.size :]))


def test_a_closed_directory_gains_passage_for_one_user_and_nothing_else():
    assert entries(account._with_passage(CLOSED, uid=987)) == [
        (USER_OBJ, 7, NOBODY_IN_PARTICULAR),
        (USER, 1, 987),
        (GROUP_OBJ, 0, NOBODY_IN_PARTICULAR),
        (MASK, 1, NOBODY_IN_PARTICULAR),
        (OTHER, 0, NOBODY_IN_PARTICULAR),
    ]


def test_granting_twice_changes_nothing():
    once = entries(account._with_passage(CLOSED, uid=987))
    assert entries(account._with_passage(once, uid=987)) == once


def test_another_users_entry_is_kept():
    both = entries(account._with_passage(entries(account._with_passage(CLOSED, uid=5)), uid=987))
    assert [(bits, who) for tag, bits, who in both if tag == USER] == [(1, 5), (1, 987)]


def test_the_servers_never_run_as_root(tmp_path):
    assert account_for(tmp_path / "nothing here yet").uid != 0


def test_the_owner_of_the_data_runs_the_servers(tmp_path):
    assert account_for(tmp_path).uid == (os.geteuid() or account_for(tmp_path / "nothing").uid)


def test_a_user_is_let_through_a_closed_directory_to_an_open_one(tmp_path):
    """Real when root runs the tests (the case it is made for); an ordinary user lets in nobody else."""
    closed = tmp_path / "closed"
    (closed / "open").mkdir(parents=True)
    closed.chmod(0o700)
    who = account_for(tmp_path / "nothing")
    let_pass(closed / "open" / "x", account=who)
    assert _can(who, "ls", closed / "open")
    assert _can(who, "ls", closed) == (not who.is_another)


def _can(who: Account, command: str, folder: Path) -> bool:
    return subprocess.run([command, folder], cwd="/", capture_output=True, **who.popen).returncode == 0


def test_a_number_without_a_name_is_refused_with_a_sentence():
    with pytest.raises(account.Trouble, match="没有编号为 54321 的用户"):
        account._by_uid(54321)
