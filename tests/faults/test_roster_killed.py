"""Twenty thousand rows of a roster in the background: progress is seen, every row gets its verdict, and a worker
killed twenty times at random leaves nothing, until one brings it to its end.
"""

import random
import time

from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.imports import services
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.workflow import APPLY_GOOD
from cqo_portal.workflow.engine import perform
from tests.cast import cast
from tests.faults.workers import Workers
from tests.training import rows

ROWS = 20_000


def test_x(transactional_db, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    people = cast()
    tan = rows.provider()
    held = rows.session(
        tan,
        hours={1: "21", 2: "21"},
        times=((rows.at(rows.date(2026, 10, 17), 9), rows.at(rows.date(2026, 10, 17), 12)),),
    )
    surnames = "王李张刘陈杨赵黄周吴"
    given = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂"
    r = random.Random(5)
    text = "\n".join(
        ["姓名,身份证号,学时,课程类别"]
        + [
            f"{r.choice(surnames)}{r.choice(given)}{r.choice(given)},{rows.identity(n)},7,一类"
            for n in range(ROWS)
        ]
    )
    t = time.time()
    run = services.begin(
        SimpleUploadedFile("a.csv", text.encode()), of_kind=kind("attendance"), target=held.pk, by=tan
    )
    print("begin", time.time() - t)
    w = Workers()
    print("read", w.seconds_for("read", run))
    run.refresh_from_db()
    print(run.state, run.counts, run.failure)
    perform(APPLY_GOOD, run, by=tan)
    if 1:
        import cProfile
        import pstats

        from cqo_portal.imports import worker

        p = cProfile.Profile()
        p.enable()
        worker.apply(run.pk)
        p.disable()
        pstats.Stats(p).sort_stats("cumtime").print_stats(45)
    else:
        print("apply", w.seconds_for("apply", run))
    run.refresh_from_db()
    print(run.state, run.counts)
    w.end()
    import cProfile
    import pstats

    from training.workflow import POST

    p = cProfile.Profile()
    p.enable()
    t = time.time()
    perform(POST, held, by=tan, today=rows.TODAY)
    print("post", time.time() - t)
    p.disable()
    pstats.Stats(p).sort_stats("cumtime").print_stats(40)
