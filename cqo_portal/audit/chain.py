"""The hash chain over all events: pure, so that an auditor can run it on an exported file."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64
SAID = (
    "at actor_id actor_name acting_as action subject_type subject_id subject before after rule_edition note data"
).split()


@dataclass(frozen=True)
class Break:
    """Where the chain stops holding."""

    event_id: int
    why: str


def digest(said: Mapping[str, object], *, previous: str) -> str:
    """SHA-256 over the previous digest and every word of the event, in one canonical spelling."""
    words = json.dumps(
        {key: said[key] for key in SAID},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    )
    return hashlib.sha256(f"{previous}\n{words}".encode()).hexdigest()


def breaks(events: Iterable[Mapping[str, object]], *, head: str | None = None) -> list[Break]:
    """Every place where events (oldest first) do not follow from one another, or do not reach `head`.

    `head` is a digest kept outside the database: without it, cutting off the end goes unseen.
    """
    found, previous, last = [], GENESIS, 0
    seen = {GENESIS}
    for event in events:
        if event["previous"] != previous:
            found.append(Break(event["id"], "与上一条不相接：中间有记录被删除、插入或调换"))
        if digest(event, previous=event["previous"]) != event["digest"]:
            found.append(Break(event["id"], "内容与摘要不符：记录被改动"))
        previous, last = event["digest"], event["id"]
        seen.add(previous)
    if head is not None and head not in seen:
        found.append(Break(last, "没有到达库外保存的摘要：末尾的记录被删除"))
    return found
