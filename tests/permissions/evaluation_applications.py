"""Applications for an evaluation: one of the officer 王雪松 lies with the body, another one is still a draft."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db.models import F

from evaluation.applications.steps import BUTTONS
from registry.models import Officer
from tests.cast import institution
from tests.evaluation.applications.world import lying
from tests.talent.rows import post
from tests.training.rows import identity

STEPS = {"evaluation:application-step": BUTTONS}
SAID = {
    "evaluation:application-pin": {"key": "report", "reason": "请补充。"},
    "evaluation:application-determine": {"clause": "education", "reason": "看过原件。"},
    "evaluation:application-refuse": {"ground": "js-8-2-a", "finding": "有处分决定。"},
    "evaluation:application-step withdraw": {"note": "不申请了"},
}


def objects(people) -> dict:
    """Whoever applied left the post long ago: so no filing of today meets them."""
    house = institution("沧州质量评价中心")
    with _of_those_who_left(people):
        waiting = lying(people, _post(people), house)
    with _of_those_who_left(people):
        drafted = lying(people, _post(people, name="赵六", number=identity(90_066)), house, state="draft")
    lies, written = {"pk": waiting.pk}, {"pk": drafted.pk}
    paper = {"pk": waiting.proofs.get().pk}
    return {
        "evaluation:application": lies,
        "evaluation:application-edit": written,
        "evaluation:application-autosave": written,
        "evaluation:application-check": written,
        "evaluation:application-attach": written,
        **{f"evaluation:application-step {name}": lies | {"step": name} for name in BUTTONS},
        "evaluation:application-pin": lies,
        "evaluation:application-unpin": lies | {"item": 1},
        "evaluation:application-determine": lies,
        "evaluation:application-refuse": lies,
        "evaluation:proof": paper,
        "evaluation:proof-supports": paper,
        "evaluation:proof-remove": paper,
        "evaluation:proof-page": paper | {"number": 1},
    }


def _post(people, **who) -> Officer:
    return post(people.hengtong, appointed_on=date(2019, 1, 10), term_ends=date(2022, 1, 9), **who)


@contextmanager
def _of_those_who_left(people) -> Iterator[None]:
    """Whoever is in office today steps aside for the moment in which somebody of then applies."""
    today = list(people.hengtong.officers.in_office().values_list("pk", flat=True))
    Officer.objects.filter(pk__in=today).update(ended_on=F("appointed_on"))
    yield
    people.hengtong.officers.in_office().update(ended_on=F("term_ends"))
    Officer.objects.filter(pk__in=today).update(ended_on=None)


TABLE = """
evaluation:applications GET: 302/200
evaluation:applications POST: 405
evaluation:application-new GET: 302 200 200 403 403 403 403 200 403 403 403 403
evaluation:application-new POST: 302 422 422 403 403 403 403 422 403 403 403 403
evaluation:application GET: 302 200 404 404 404 404 404 200 200 404 404 404
evaluation:application POST: 405
evaluation:application-edit GET: 302 200 404 404 404 404 404 404 404 404 404 404
evaluation:application-edit POST: 302 302 404 404 404 404 404 404 404 404 404 404
evaluation:application-autosave GET: 302/405
evaluation:application-autosave POST: 302 200 404 404 404 404 404 404 404 404 404 404
evaluation:application-check GET: 302 200 404 404 404 404 404 404 404 404 404 404
evaluation:application-check POST: 302 422 404 404 404 404 404 404 404 404 404 404
evaluation:application-attach GET: 302/405
evaluation:application-attach POST: 302 302 404 404 404 404 404 404 404 404 404 404
evaluation:application-step discard GET: 302/405
evaluation:application-step discard POST: 302 302 404 404 404 404 404 302 403 404 404 404
evaluation:application-step submit GET: 302/405
evaluation:application-step submit POST: 302 302 404 404 404 404 404 302 403 404 404 404
evaluation:application-step return GET: 302/405
evaluation:application-step return POST: 302 403 404 404 404 404 404 403 302 404 404 404
evaluation:application-step accept GET: 302/405
evaluation:application-step accept POST: 302 403 404 404 404 404 404 403 302 404 404 404
evaluation:application-step withdraw GET: 302/405
evaluation:application-step withdraw POST: 302 302 404 404 404 404 404 302 403 404 404 404
evaluation:application-pin GET: 302/405
evaluation:application-pin POST: 302 403 404 404 404 404 404 403 302 404 404 404
evaluation:application-unpin GET: 302/405
evaluation:application-unpin POST: 302 403 404 404 404 404 404 403 302 404 404 404
evaluation:application-determine GET: 302/405
evaluation:application-determine POST: 302 403 404 404 404 404 404 403 302 404 404 404
evaluation:application-refuse GET: 302 403 404 404 404 404 404 403 200 404 404 404
evaluation:application-refuse POST: 302 403 404 404 404 404 404 403 302 404 404 404
evaluation:proof GET: 302 200 404 404 404 404 404 200 200 404 404 404
evaluation:proof POST: 405
evaluation:proof-supports GET: 302/405
evaluation:proof-supports POST: 302 302 404 404 404 404 404 302 403 404 404 404
evaluation:proof-remove GET: 302/405
evaluation:proof-remove POST: 302 302 404 404 404 404 404 302 403 404 404 404
evaluation:proof-page GET: 302 200 404 404 404 404 404 200 200 404 404 404
evaluation:proof-page POST: 405
"""
