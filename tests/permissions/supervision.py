"""Suggestions: the county of Qing suggests something to dan's enterprise."""

from datetime import date

from cqo_portal.workflow.engine import perform
from registry.models import Officer
from registry.supervision import services
from registry.supervision.workflow import BUTTONS, SUGGESTION
from tests.cast import CODES, organisation
from tests.talent.rows import TODAY, post

STEPS = {"supervision:step": BUTTONS}
WORDS = {"facts": "两次抽查不合格。", "evidence": ""}
SAID = {
    "supervision:new": WORDS | {"grounds": ["unfit"], "reply_by": "2099-12-31"},
    "supervision:edit": WORDS | {"grounds": ["unfit"], "reply_by": "2099-12-31"},
    "supervision:reply": {"kind": "disagrees", "replace_by": "", "statement": "不同意。"},
    "supervision:note": {"text": "电话联系过。"},
    "supervision:close": {"outcome": "withdrawn", "change": "", "note": "查明不属实。"},
}

TABLE = """
supervision:index GET: 302 200 200 200 200 200 200 200 403 403 403 403
supervision:index POST: 405
supervision:choose GET: 302 403 403 200 200 200 403 403 403 403 403 403
supervision:choose POST: 405
supervision:new GET: 302 403 403 404 200 200 403 403 403 403 403 403
supervision:new POST: 302 403 403 404 422 302 403 403 403 403 403 403
supervision:suggestion GET: 302 404 200 404 200 200 200 404 404 404 404 404
supervision:suggestion POST: 405
supervision:edit GET: 302 404 404 404 200 404 404 404 404 404 404 404
supervision:edit POST: 302 404 404 404 302 404 404 404 404 404 404 404
supervision:letter GET: 302 404 200 404 200 200 200 404 404 404 404 404
supervision:letter POST: 405
supervision:reply GET: 302 404 200 404 403 403 403 404 404 404 404 404
supervision:reply POST: 302 404 302 404 403 403 403 404 404 404 404 404
supervision:note GET: 302/405
supervision:note POST: 302 404 403 404 302 403 403 404 404 404 404 404
supervision:close GET: 302 404 403 404 200 403 403 404 404 404 404 404
supervision:close POST: 302 404 403 404 302 403 403 404 404 404 404 404
supervision:step deliver GET: 302/405
supervision:step deliver POST: 302 404 404 404 302 404 404 404 404 404 404 404
supervision:step discard GET: 302/405
supervision:step discard POST: 302 404 404 404 302 404 404 404 404 404 404 404
"""


def objects(people) -> dict:
    """A draft for what only its office does, a delivered one for the rest, both of the county of Qing."""
    firm = people.dan.acting.organisation
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    neighbour = organisation(people.offices["130922"], code=CODES[2], name="青县小微包装厂")
    other = post(neighbour, name="李四光明", number="110101199003071022")
    draft, sent = (_suggested(people, each) for each in (other, officer))
    sent = perform(SUGGESTION["deliver"], sent, by=people.qing, today=TODAY)
    of_the_draft = {key: {"pk": draft.pk} for key in ("supervision:edit",)}
    steps = {f"supervision:step {step}": {"pk": draft.pk, "step": step} for step in BUTTONS}
    names = ("suggestion", "letter", "reply", "note", "close")
    return {
        **of_the_draft,
        **steps,
        **{f"supervision:{name}": {"pk": sent.pk} for name in names},
        "supervision:new": {"officer": officer.pk},
    }


def _suggested(people, officer: Officer):
    said = WORDS | {"grounds": ["unfit"], "reply_by": date(2099, 12, 31)}
    return services.suggest(officer, said, issuer=people.offices["130922"], by=people.qing, today=TODAY)
