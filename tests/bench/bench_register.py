"""`make bench`: ratios within one run, on 100,000 organisations; never asserted as seconds in a test.

Each line names what is measured, against what, and how many times faster (or slower) it is.
"""

import itertools
import json
import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection

from cqo_portal.parties.models import Organisation
from cqo_portal.parties.search import fold, pinyin_key, spelled, terms_of
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import perform
from registry.models import Filing
from registry.workflow import SUBMIT, WITHDRAW
from tests.cast import TODAY, cast

ROWS = 100_000
FIRST = "恒盛华瑞新永聚鑫宏泰金海中远东方正兴隆达昌"
SECOND = "通源丰顺德信诚和顺美洁康乐林森木石玉铁钢铜"
KIND = ("管件", "铸造", "环保设备", "汽车模具", "食品", "包装印刷", "电子机柜", "弯头", "保温材料", "阀门")


@pytest.fixture
def many(db, industries):
    people = cast()
    office = people.offices["130981"]
    names = itertools.islice(itertools.cycle(_names()), ROWS)
    rows = (_organisation(number, name, office) for number, name in enumerate(names))
    while batch := list(itertools.islice(rows, 5000)):
        Organisation.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parties_organisation")
    return people


def _names():
    for first, second, kind in itertools.product(FIRST, SECOND, KIND):
        yield f"泊头市{first}{second}{kind}有限公司"


def _organisation(number: int, name: str, office) -> Organisation:
    row = Organisation(name=name, credit_code=f"{number:018d}", office=office)
    row.pinyin = pinyin_key(name)
    row.search = terms_of(name, codes=(row.credit_code,))
    sounds = [part for sound in sorted(spelled(name)) for part in sound]
    row.haystack = " ".join([fold(name), row.credit_code, *sounds])
    return row


def median(act: Callable[[], object], *, times: int = 15) -> float:
    act()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def report(what: str, ours: float, *, against: str, theirs: float) -> None:
    line = {"what": what, "ours_ms": round(ours * 1000, 2), "against": against}
    print(
        json.dumps(
            line | {"theirs_ms": round(theirs * 1000, 2), "ratio": float(f"{theirs / ours:.2g}")},
            ensure_ascii=False,
        )
    )


def test_bench(many):
    rows = Organisation.objects.all()
    for query in ("恒通", "聚鑫铸造", "bthtgj", "hengtong"):
        report(
            f"search {query!r}: first 50 matches in pinyin order",
            median(lambda query=query: list(rows.matching(query).order_by("pinyin", "id")[:50])),
            against="LIKE over the whole table",
            theirs=median(
                lambda query=query: list(rows.filter(haystack__contains=query).order_by("pinyin", "id")[:50]),
                times=5,
            ),
        )
    deep = rows.order_by("pinyin", "id")
    cursor = _cursor_at(deep[ROWS // 2])
    report(
        "page 1,000 of a list by key (with its capped count)",
        median(lambda: keyset(rows, {"after": cursor}, order=("pinyin", "id"), per_page=50)),
        against="OFFSET and an exact count",
        theirs=median(lambda: (list(deep[ROWS // 2 : ROWS // 2 + 50]), rows.count())),
    )
    filing = many.filing(until="at_county")
    report(
        "one audited step there and back (lock, guards, event, chain, triggers, outbox)",
        median(lambda: _there_and_back(many, filing)),
        against="two bare UPDATEs of another column",
        theirs=median(lambda: [Filing.objects.filter(pk=filing.pk).update(plea=str(n)) for n in range(2)]),
    )


def _cursor_at(row: Organisation) -> str:
    from cqo_portal.ui.paging import _encoded

    return _encoded(row, ["pinyin", "id"])


def _there_and_back(people, filing: Filing) -> None:
    perform(WITHDRAW, filing, by=people.liu, today=TODAY)
    perform(SUBMIT, filing, by=people.liu, today=TODAY)
