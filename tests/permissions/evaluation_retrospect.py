"""How marks lay over the years: `expert` of himself, `body` of those it engaged."""

from datetime import date

from cqo_portal.accounts.models import User
from evaluation.experts.models import Expert
from tests.evaluation import rows

TABLE = """
evaluation:deviation GET: 302 403 403 403 403 403 403 403 403 200 403 403
evaluation:deviation POST: 405
evaluation:deviations GET: 302 403 403 403 403 403 403 403 200 403 403 403
evaluation:deviations POST: 405
evaluation:deviation-of GET: 302 403 403 403 403 403 403 403 200 403 403 403
evaluation:deviation-of POST: 405
"""


def objects(people) -> dict:
    staff = User.objects.get(username="body")
    person = rows.person("专家戊", rows.NUMBERS[4])
    engaged = Expert.objects.create(
        name=person.name,
        person=person,
        institution=staff.assignments.get().institution,
        fields=["spc"],
        reason="高校教授。",
        engaged_on=date(2026, 1, 5),
        created_by=staff,
    )
    return {"evaluation:deviation-of": {"pk": engaged.pk}}
