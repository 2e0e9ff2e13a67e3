"""Experts: engaged by the house of the role body; the role expert is another person, whom it engaged too."""

from cqo_portal.accounts.models import Assignment, Role, User
from evaluation.experts import services
from evaluation.experts.models import Employment
from evaluation.experts.workflow import ENGAGEMENT
from tests.cast import IDENTITY
from tests.experts.rows import engaged, in_pool
from tests.training import rows

STEPS = {"experts:expert-step": ENGAGEMENT}
EMPLOYMENT = {"name": "南京某检测公司", "begins": "2019-03"}
SAID = {
    "experts:engage": {"fields_of": ["spc"]},
    "experts:find": {"identity_number": IDENTITY},
    "experts:engage-directly": {"identity_number": IDENTITY},
    "experts:wishes": {"fields_of": ["food"]},
    "experts:declare": EMPLOYMENT,
    "experts:add": EMPLOYMENT,
    "experts:declared-end": {"ends": "2026-06"},
    "experts:declared-withdraw": {"note": "填错。"},
    "experts:expert-step end": {"note": "聘期已满。"},
    "offices:expert-account": {"username": "ruoxi", "email": "bai@example.com"},
    "offices:role-person": {"identity_number": rows.identity(901)},
}

TABLE = """
experts:index GET: 302 403 403 403 403 403 403 403 200 403 403 403
experts:index POST: 405
experts:pool GET: 302 403 403 403 403 403 403 403 200 403 403 403
experts:pool POST: 405
experts:engage GET: 302 403 403 403 403 403 403 403 200 403 403 403
experts:engage POST: 302 403 403 403 403 403 403 403 302 403 403 403
experts:find GET: 302 403 403 403 403 403 403 403 200 403 403 403
experts:find POST: 302 403 403 403 403 403 403 403 200 403 403 403
experts:engage-directly GET: 302/405
experts:engage-directly POST: 302 403 403 403 403 403 403 403 200 403 403 403
experts:mine GET: 302 403 403 403 403 403 403 403 403 200 403 403
experts:mine POST: 405
experts:wishes GET: 302/405
experts:wishes POST: 302 403 403 403 403 403 403 403 403 302 403 403
experts:confirm GET: 302/405
experts:confirm POST: 302 403 403 403 403 403 403 403 403 302 403 403
experts:declare GET: 302 403 403 403 403 403 403 403 403 200 403 403
experts:declare POST: 302 403 403 403 403 403 403 403 403 302 403 403
experts:declared-end GET: 302 404 404 404 404 404 404 404 403 200 404 404
experts:declared-end POST: 302 404 404 404 404 404 404 404 403 302 404 404
experts:declared-withdraw GET: 302 404 404 404 404 404 404 404 403 200 404 404
experts:declared-withdraw POST: 302 404 404 404 404 404 404 404 403 302 404 404
experts:expert GET: 302 403 403 403 403 403 403 403 200 403 403 403
experts:expert POST: 405
experts:add GET: 302 404 404 404 404 404 404 404 200 404 404 404
experts:add POST: 302 404 404 404 404 404 404 404 302 404 404 404
offices:role-person GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:role-person POST: 302 403 403 403 403 403 403 403 403 403 403 302
offices:expert-account GET: 302 404 404 404 404 404 404 404 200 404 404 404
offices:expert-account POST: 302 404 404 404 404 404 404 404 302 404 404 404
experts:expert-step end GET: 302/405
experts:expert-step end POST: 302 404 404 404 404 404 404 404 302 404 404 404
"""


def objects(people) -> dict:
    """Bai, engaged and without an account; Lu, the role expert, engaged too; an old role that names nobody."""
    body = User.objects.get(username="body")
    body.acting_as(body.assignments.get())
    lu = User.objects.get(username="expert")
    lu.acting_as(lu.assignments.select_related("person").get())
    expert = engaged(body, rows.person("白若溪"))
    engaged(body, lu.acting.person)
    said = services.declare(Employment(person=lu.acting.person, name="某厂", begins="2019-03-01"), by=lu)
    of_the_expert, of_the_row = {"pk": expert.pk}, {"pk": said.pk, "kind": "employment"}
    old = User.objects.create(username="old-expert", full_name="潘卓")
    return {
        "experts:engage": {"pk": in_pool(people, rows.person("裴正阳")).pk},
        "experts:expert": of_the_expert,
        "experts:add": of_the_expert | {"kind": "employment"},
        "experts:expert-step end": of_the_expert | {"step": "end"},
        "experts:declare": {"kind": "employment"},
        "experts:declared-end": of_the_row,
        "experts:declared-withdraw": of_the_row,
        "offices:expert-account": of_the_expert,
        "offices:role-person": {"pk": Assignment.objects.create(user=old, role=Role.EXPERT).pk},
    }
