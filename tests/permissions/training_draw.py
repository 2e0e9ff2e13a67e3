"""Flags and audit draws: a provider the city commissioned posted twice; the city draws."""

from datetime import date, timedelta

from django.utils import timezone

from cqo_portal.accounts.models import Role
from tests.cast import institution, user
from tests.training import rows
from training import drawing
from training.models import Drawn, Flag

TODAY = timezone.localdate()
FROZEN_ON, SEEDED_ON = TODAY - timedelta(days=2), TODAY - timedelta(days=1)
WHOLE = {
    "first_day": date(2026, 1, 1),
    "last_day": date(2099, 1, 1),
    "wanted": 3,
    "announced": "下一期双色球",
}
SEED = {"seed": "38172125317", "seed_source": "双色球第 2026138 期", "seed_where": "https://www.cwl.gov.cn/"}
SETTLED = {"counts": "yes", "reason": "补办了委托。"}
SAID = {
    "training:flag-settle": SETTLED,
    "training:flag-explain": {"text": "委托书在路上。"},
    "training:draw-new": {
        "first_day": "2026-01-01",
        "last_day": TODAY.isoformat(),
        "wanted": "3",
        "announced": "下一期双色球",
    },
    "training:draw-seed": SEED | {"seed_day": SEEDED_ON.isoformat()},
    "training:draw-close": {"words": "没有问题。"},
    "training:draw-cancel": {"words": "时间写错了。"},
    "training:drawn-find": {"verdict": "true", "looked_at": "签到表原件", "after": ""},
    "training:drawn-reverse": {"reason": "当天无人到场。"},
}

TABLE = """
training:flags GET: 302 403 403 200 200 200 200 403 200 403 200 403
training:flags POST: 405
training:flag GET: 302 404 404 404 404 200 404 404 404 404 200 404
training:flag POST: 405
training:flag-settle GET: 302/405
training:flag-settle POST: 302 404 404 404 404 302 404 404 404 404 403 404
training:flag-explain GET: 302/405
training:flag-explain POST: 302 404 404 404 404 403 404 404 404 404 302 404
training:flags-many GET: 302 404 404 404 404 200 404 404 404 404 404 404
training:flags-many POST: 302 404 404 404 404 200 404 404 404 404 404 404
training:flags-settle GET: 302/405
training:flags-settle POST: 302 404 404 404 404 302 404 404 404 404 404 404
training:draws GET: 302 403 403 200 200 200 200 403 200 403 200 403
training:draws POST: 405
training:draw-new GET: 302 403 403 403 403 200 200 403 403 403 403 403
training:draw-new POST: 302 403 403 403 403 302 422 403 403 403 403 403
training:public-draws GET: 200
training:public-draws POST: 405
training:public-draw GET: 200
training:public-draw POST: 405
training:drawn GET: 302 404 404 404 404 200 404 404 404 404 200 404
training:drawn POST: 405
training:drawn-find GET: 302/405
training:drawn-find POST: 302 404 404 404 404 302 404 404 404 404 403 404
training:drawn-reverse GET: 302/405
training:drawn-reverse POST: 302 404 404 404 404 302 404 404 404 404 403 404
training:draw GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:draw POST: 405
training:draw-population GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:draw-population POST: 405
training:draw-recipe GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:draw-recipe POST: 405
training:draw-seed GET: 302 404 404 404 404 200 403 404 404 404 403 404
training:draw-seed POST: 302 404 404 404 404 302 403 404 404 404 403 404
training:draw-close GET: 302 404 404 404 404 200 403 404 404 404 403 404
training:draw-close POST: 302 404 404 404 404 302 403 404 404 404 403 404
training:draw-cancel GET: 302 404 404 404 404 200 403 404 404 404 403 404
training:draw-cancel POST: 302 404 404 404 404 302 403 404 404 404 403 404
"""


def objects(people) -> dict:
    made = user("tang", Role.PROVIDER, institution=institution("沧州质量培训学校"))
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    held = rows.session(made, day=date(2019, 12, 31))
    for name in ("甲一", "乙二", "丙三", "丁四"):
        rows.came(held, rows.person(name))
    rows.posted(held, by=made)
    frozen, seeded, closing = (drawing.freeze(WHOLE, by=people.meng, today=FROZEN_ON) for _ in range(3))
    for draw in (seeded, closing):
        drawing.sow(draw, SEED | {"seed_day": SEEDED_ON}, by=people.meng, today=SEEDED_ON)
    for each in Drawn.objects.filter(stratum__draw=closing):
        drawing.find(each, verdict="false", looked_at="无签到", after=None, by=people.meng)
    flag, open_, untrue = (
        Flag.objects.first(),
        *(Drawn.objects.filter(stratum__draw=d).first() for d in (seeded, closing)),
    )
    many = {"pk": held.pk, "kind": "unqualified"}
    SAID["training:flags-many"] = SAID["training:flags-settle"] = SETTLED | {"chosen": [flag.pk]}
    return {
        **{f"training:{name}": {"pk": flag.pk} for name in ("flag", "flag-settle", "flag-explain")},
        **{f"training:{name}": many for name in ("flags-many", "flags-settle")},
        **{f"training:{name}": {"pk": seeded.pk} for name in ("draw", "draw-population", "draw-recipe")},
        **{f"training:{name}": {"pk": frozen.pk} for name in ("draw-seed", "draw-cancel")},
        "training:draw-close": {"pk": closing.pk},
        "training:public-draw": {"number": seeded.number},
        **{f"training:{name}": {"pk": open_.pk} for name in ("drawn", "drawn-find")},
        "training:drawn-reverse": {"pk": untrue.pk},
    }
