"""The register's pages beyond list and dossier: one enterprise, corrections, paper, files, saved queues, the extract."""

from datetime import date

from cqo_portal.desk.models import SavedQueue
from registry.entries import enter

SAID = {
    "desk:register-export": {"purpose": "报省局年度统计", "format": "csv"},
    "desk:entry-correct": {"value": "恒通", "effective_on": "2026-01-01", "reason": "核对", "do": "correct"},
    "desk:queue-save": {"name": "到期", "page": "register", "address": "standing=ending"},
    "desk:queue-rename": {"name": "本季到期"},
}


def objects(people) -> dict[str, dict]:
    """A fact of the enterprise that may be corrected, and a queue the city saved."""
    entry = enter(people.hengtong, {"name": people.hengtong.name}, effective_on=date(2026, 1, 1))[0]
    queue = SavedQueue.objects.create(user=people.meng, role="city", page="register", name="我的")
    own = {f"desk:queue-{act}": {"pk": queue.pk} for act in ("rename", "delete", "pin")}
    return own | {"desk:enterprise": {"pk": people.hengtong.pk}, "desk:entry-correct": {"pk": entry.pk}}


TABLE = """
desk:register-print GET: 302/200
desk:register-print POST: 405
desk:register-export GET: 302 403 403 200 200 200 200 403 403 403 403 403
desk:register-export POST: 302 403 403 200 200 200 200 403 403 403 403 403
desk:enterprise GET: 302 200 404 200 404 200 200 404 404 404 404 404
desk:enterprise POST: 405
desk:entry-correct GET: 302 403 404 200 404 200 403 404 404 404 404 404
desk:entry-correct POST: 302 403 404 302 404 302 403 404 404 404 404 404
desk:queues GET: 302/200
desk:queues POST: 405
desk:queue-save GET: 302/200
desk:queue-save POST: 302
desk:queue-rename GET: 302 404 404 404 404 200 404 404 404 404 404 404
desk:queue-rename POST: 302 404 404 404 404 302 404 404 404 404 404 404
desk:queue-delete GET: 302/405
desk:queue-delete POST: 302
desk:queue-pin GET: 302/405
desk:queue-pin POST: 302 404 404 404 404 302 404 404 404 404 404 404
desk:public-register GET: 200
desk:public-register POST: 405
"""
