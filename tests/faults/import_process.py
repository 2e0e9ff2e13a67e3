"""A process that applies imports in children of its own, each to be killed from outside; `naive` is the control.

python -m tests.faults.import_process     reads lines "read|apply|naive RUN", says the child's pid, and "over"
"""

import os
import sys
from uuid import UUID

import django


def naive(run_id: UUID) -> None:
    """The same rows, each saved for itself."""
    from cqo_portal.imports.catalogue import kind
    from cqo_portal.imports.judging import errand_of, judge
    from cqo_portal.imports.models import ImportRun
    from tests.cast import TODAY

    run = ImportRun.objects.get(pk=run_id)
    rows, errand = list(run.rows.order_by("number")), errand_of(run, today=TODAY)
    sound = [row for row in judge(run, rows, errand=errand) if not row.refused]
    kind(run.kind).work(errand).apply(sound, tell=lambda done: None)


if __name__ == "__main__":
    django.setup()
    from cqo_portal.imports import worker
    from cqo_portal.parties.search import pinyin_key

    pinyin_key("泊头")  # loads its tables once, here and not in every child
    ways = {"apply": worker.apply, "naive": naive, "read": worker.read}
    for line in sys.stdin:
        how, run = line.split()
        child = os.fork()
        if child == 0:
            ways[how](UUID(run))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("over", flush=True)
