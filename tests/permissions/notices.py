"""Notices: read by everybody once published, composed by the city, answered by enterprises."""

from registry.notices.workflow import BY_BUTTON
from tests.notices.rows import OPEN_ENDED, draft, published

STEPS = {"notices:step": BY_BUTTON}
SAID = {"notices:amend": {"text": "补充"}, "notices:step withdraw": {"note": "有误"}}


def objects(people) -> dict:
    notice = {"pk": published(people, closes_on=OPEN_ENDED).pk}
    unpublished = {"pk": draft(people, closes_on=OPEN_ENDED).pk}
    return {
        "notices:notice": notice,
        "notices:amend": notice,
        "notices:unchanged": notice,
        "notices:edit": unpublished,
        "notices:publish": unpublished,
        "notices:step withdraw": notice | {"step": "withdraw"},
        "notices:step discard": unpublished | {"step": "discard"},
    }


TABLE = """
notices:index GET: 200
notices:index POST: 405
notices:create GET: 302 403 403 403 403 200 403 403 403 403 403 403
notices:create POST: 302 403 403 403 403 422 403 403 403 403 403 403
notices:notice GET: 200
notices:notice POST: 405
notices:edit GET: 302 404 404 404 404 200 404 404 404 404 404 404
notices:edit POST: 302 404 404 404 404 422 404 404 404 404 404 404
notices:publish GET: 302/405
notices:publish POST: 302 404 404 404 404 302 404 404 404 404 404 404
notices:amend GET: 302/405
notices:amend POST: 302 403 403 403 403 302 403 403 403 403 403 403
notices:unchanged GET: 302/405
notices:unchanged POST: 302 302 302 403 403 403 403 403 403 403 403 403
notices:step withdraw GET: 302/405
notices:step withdraw POST: 302 403 403 403 403 302 403 403 403 403 403 403
notices:step discard GET: 302/405
notices:step discard POST: 302 404 404 404 404 302 404 404 404 404 404 404
"""
