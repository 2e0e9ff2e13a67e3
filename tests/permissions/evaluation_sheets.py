"""Sheets: of `expert` alone, on a panel whose other members are strangers here."""

from decimal import Decimal

from cqo_portal.accounts.models import User
from cqo_portal.digests import sha256
from evaluation.sheets.marks import Entry, Place, content_from
from tests.batches.rows import enterprise, identity
from tests.evaluation import rows
from tests.talent.rows import post

ROW = "7.4.4"
# As `rows.filled` fills it: what the page shows is what is signed.
FILLED = {
    row.code: Entry(4, Decimal("0.7"), f"{row.code} 的评语", (Place(),)) for row in rows.SCHEME.indicators
}
SAID = {
    "evaluation:sheet-save": {"band": "4", "coefficient": "0.85", "comment": "看了月报。", "version": "1"},
    "evaluation:sheet-sign": {"name": "陆一鸣", "digest": sha256(content_from(FILLED, rows.SCHEME))},
}

TABLE = """
evaluation:sheets GET: 302 403 403 403 403 403 403 403 403 200 403 403
evaluation:sheets POST: 405
evaluation:sheet GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:sheet POST: 405
evaluation:sheet-save GET: 302/405
evaluation:sheet-save POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:sheet-sign GET: 302/405
evaluation:sheet-sign POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:sheet-proof GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:sheet-proof POST: 405
evaluation:sheet-proof-page GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:sheet-proof-page POST: 405
"""


def objects(people) -> dict:
    """`expert` leads a panel that scores, and has filled in everything."""
    me = User.objects.get(username="expert").assignments.get()
    officer = post(enterprise(people, 901), name="周洪之", number=identity(901))
    panel = rows.panel(people, leader=me.person, officer=officer)
    paper = rows.readable(panel.evaluation.application, by=people.liu)
    mine = {"pk": rows.filled(panel.sheet(0)).pk}
    return {
        "evaluation:sheet": mine,
        "evaluation:sheet-save": mine | {"row": ROW},
        "evaluation:sheet-sign": mine,
        "evaluation:sheet-proof": mine | {"proof": paper.pk},
        "evaluation:sheet-proof-page": mine | {"proof": paper.pk, "number": 2},
    }
