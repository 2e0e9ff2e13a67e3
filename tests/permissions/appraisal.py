"""An enterprise's own appraisals: Hengtong appraised its officer of then, once decided, once still a draft."""

from datetime import date

from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import perform
from evaluation.appraisal import draft
from evaluation.appraisal.models import Appraisal
from evaluation.appraisal.workflow import BUTTONS, DECIDE
from registry.models import Officer
from tests.appraisal.rows import typed
from tests.cast import IDENTITY

ON = date(2021, 12, 1)
STEPS = {"appraisal:step": BUTTONS}
SAID = {
    "appraisal:begin": {"year": "2000"},
    "appraisal:remark": {"text": "没有意见。"},
    "appraisal:step correct": {"note": "有误"},
}


def objects(people) -> dict:
    post = Officer.objects.create(
        name="王雪松",
        person=Person.objects.get(identity_index=Person.index_of("resident", IDENTITY)),
        organisation=people.hengtong,
        office=people.hengtong.office,
        education="bachelor",
        title="intermediate",
        appointed_on=date(2019, 1, 1),
        term_ends=date(2022, 12, 31),
        ended_on=date(2022, 6, 30),
    )
    drafted = {"pk": _drafted(people, post, 2020).pk}
    decided = {"pk": perform(DECIDE, _drafted(people, post, 2021), by=people.liu, today=ON).pk}
    return {
        "appraisal:appraisal": decided,
        "appraisal:document": decided,
        "appraisal:remark": decided,
        "appraisal:edit": drafted,
        "appraisal:autosave": drafted,
        "appraisal:check": drafted,
        **{f"appraisal:step {name}": decided | {"step": name} for name in BUTTONS},
    }


def _drafted(people, post: Officer, year: int) -> Appraisal:
    """By the table of Hangzhou, wherever the cast lives: an appraisal keeps the edition it was begun with."""
    made = Appraisal.objects.create(
        post=post, year=year, rule_edition="hangzhou-2021-draft", created_by=people.liu
    )
    return draft.save(made, typed(made, on=ON), version=None, by=people.liu)


TABLE = """
appraisal:index GET: 302 200 200 403 403 403 403 200 403 403 403 403
appraisal:index POST: 405
appraisal:begin GET: 302/405
appraisal:begin POST: 302 302 302 403 403 403 403 403 403 403 403 403
appraisal:appraisal GET: 302 200 404 404 404 404 404 200 404 404 404 404
appraisal:appraisal POST: 405
appraisal:document GET: 302 200 404 404 404 404 404 200 404 404 404 404
appraisal:document POST: 405
appraisal:edit GET: 302 200 404 404 404 404 404 404 404 404 404 404
appraisal:edit POST: 302 302 404 404 404 404 404 404 404 404 404 404
appraisal:autosave GET: 302/405
appraisal:autosave POST: 302 200 404 404 404 404 404 404 404 404 404 404
appraisal:check GET: 302 200 404 404 404 404 404 404 404 404 404 404
appraisal:check POST: 302 409 404 404 404 404 404 404 404 404 404 404
appraisal:remark GET: 302/405
appraisal:remark POST: 302 403 404 404 404 404 404 302 404 404 404 404
appraisal:step correct GET: 302/405
appraisal:step correct POST: 302 302 404 404 404 404 404 403 404 404 404 404
appraisal:step keep GET: 302/405
appraisal:step keep POST: 302 302 404 404 404 404 404 403 404 404 404 404
"""
