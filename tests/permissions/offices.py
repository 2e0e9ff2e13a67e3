"""Accounts, hand-overs, offices, moves, registrations."""

from datetime import date

from django.core.files.base import ContentFile

from cqo_portal.accounts.models import User
from cqo_portal.offices.models import HandOver, Licence, Move, Registration
from cqo_portal.offices.workflow import MOVE, REGISTRATION
from tests.cast import CODES, picture

STEPS = {"offices:registration-step": REGISTRATION, "offices:move-step": MOVE}
SAID = {
    "offices:registration-step admit": {"note": "与执照一致"},
    "offices:registration-step refuse": {"note": "执照过期"},
    "offices:move-step refuse": {"note": "住所没有变"},
    "offices:phone": {"why": "核对"},
    "offices:password": {"how": "once"},
}


def objects(people) -> dict[str, dict]:
    """A registration that waits in Botou, a move from Botou to Qing, what wang once had in hand."""
    registration = _registration(people)
    move = Move.objects.create(
        organisation=people.hengtong,
        from_office=people.offices["130981"],
        to_office=people.offices["130922"],
        effective_on=date(2026, 11, 20),
        document="沧市监函〔2026〕12号",
        reason="住所迁到青县。",
        proposed_by=people.wang,
        proposed_at_office=people.offices["130981"],
    )
    kept = HandOver.objects.create(
        user=people.wang,
        role="county",
        place="泊头市市场监督管理局",
        office=people.offices["130981"],
        cause="withdrawn",
        reason="调离",
        remaining=["某人"],
    )
    of_it, of_the_move = {"pk": registration.pk}, {"pk": move.pk}
    account = {"pk": people.qing.pk}
    return {
        **{f"offices:{name}": account for name in ("account", "give", "password", "disable", "enable")},
        **{f"offices:{name}": of_it for name in ("registration", "licence", "phone", "pass-on")},
        **{f"offices:registration-step {step}": of_it | {"step": step} for step in REGISTRATION},
        **{f"offices:move-step {step}": of_the_move | {"step": step} for step in MOVE},
        "offices:licence-page": of_it | {"number": 1},
        "offices:move": of_the_move,
        "offices:move-create": {"pk": people.hengtong.pk},
        "offices:hand-over": {"pk": kept.pk},
        "offices:withdraw": {"pk": people.qing.acting.pk},
        "offices:office": {"code": "130922"},
    }


def _registration(people) -> Registration:
    made = Registration.objects.create(
        applicant=User.objects.create(username="applicant", full_name="齐心"),
        state="waiting",
        handed_in_at="2026-11-20T02:00Z",
        office=people.offices["130981"],
        chosen_office=people.offices["130981"],
        credit_code=CODES[2],
        name="泊头新厂有限公司",
        industry="33",
        persons=350,
        revenue=8000,
        figures_of=2025,
        size="medium",
        sector="secondary",
        clerk_name="齐心",
        phone="0317-8201234",
        email="qixin@example.com",
    )
    paper = Licence(
        registration=made, name="执照.png", media_type="image/png", size=100, pages=1, digest="0" * 64
    )
    paper.file.save("licence.png", ContentFile(picture().read()), save=False)
    paper.save()
    return made


TABLE = """
offices:index GET: 302 403 403 200 200 200 200 403 403 403 403 200
offices:index POST: 405
offices:account-list GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:account-list POST: 405
offices:account-create GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:account-create POST: 302 403 403 403 403 403 403 403 403 403 403 422
offices:account GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:account POST: 405
offices:give GET: 405
offices:give POST: 302 403 403 403 403 403 403 403 403 403 403 422
offices:password GET: 405
offices:password POST: 302 403 403 403 403 403 403 403 403 403 403 200
offices:disable GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:disable POST: 302 403 403 403 403 403 403 403 403 403 403 422
offices:enable GET: 405
offices:enable POST: 302 403 403 403 403 403 403 403 403 403 403 302
offices:withdraw GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:withdraw POST: 302 403 403 403 403 403 403 403 403 403 403 422
offices:hand-over-list GET: 302 403 403 200 200 200 200 403 403 403 403 200
offices:hand-over-list POST: 405
offices:hand-over GET: 302 404 404 200 404 404 404 404 404 404 404 200
offices:hand-over POST: 405
offices:office-list GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:office-list POST: 405
offices:office GET: 302 403 403 403 403 403 403 403 403 403 403 200
offices:office POST: 302 403 403 403 403 403 403 403 403 403 403 422
offices:move-list GET: 302 403 403 200 200 200 200 403 403 403 403 200
offices:move-list POST: 405
offices:move-find GET: 302 403 403 200 200 200 200 403 403 403 403 403
offices:move-find POST: 405
offices:move-create GET: 302 403 403 200 200 200 200 403 403 403 403 403
offices:move-create POST: 302 403 403 422 422 422 422 403 403 403 403 403
offices:move GET: 302 404 404 200 200 200 200 404 404 404 404 200
offices:move POST: 405
offices:register GET: 200/302
offices:register POST: 422/302
offices:register-size GET: 200
offices:register-size POST: 405
offices:registration-list GET: 302 403 403 200 200 200 200 403 403 403 403 200
offices:registration-list POST: 405
offices:registration GET: 302 404 404 200 404 200 200 404 404 404 404 200
offices:registration POST: 405
offices:licence GET: 302 404 404 200 404 200 200 404 404 404 404 200
offices:licence POST: 302 404 404 403 404 403 403 404 404 404 404 403
offices:licence-page GET: 302 404 404 200 404 200 200 404 404 404 404 200
offices:licence-page POST: 405
offices:phone GET: 302 404 404 200 404 403 403 404 404 404 404 403
offices:phone POST: 302 404 404 200 404 403 403 404 404 404 404 403
offices:pass-on GET: 405
offices:pass-on POST: 302 404 404 302 404 403 403 404 404 404 404 403
offices:registration-step hand-in GET: 302/405
offices:registration-step hand-in POST: 302 404 404 403 404 403 403 404 404 404 404 403
offices:registration-step withdraw GET: 302/405
offices:registration-step withdraw POST: 302 404 404 403 404 403 403 404 404 404 404 403
offices:registration-step admit GET: 302/405
offices:registration-step admit POST: 302 404 404 302 404 403 403 404 404 404 404 403
offices:registration-step refuse GET: 302/405
offices:registration-step refuse POST: 302 404 404 302 404 403 403 404 404 404 404 403
offices:move-step accept GET: 302/405
offices:move-step accept POST: 302 404 404 403 302 302 403 404 404 404 404 403
offices:move-step carry-out GET: 302/405
offices:move-step carry-out POST: 302 404 404 403 302 302 403 404 404 404 404 403
offices:move-step refuse GET: 302/405
offices:move-step refuse POST: 302 404 404 403 302 302 403 404 404 404 404 403
offices:move-step withdraw GET: 302/405
offices:move-step withdraw POST: 302 404 404 302 403 403 403 404 404 404 404 403
"""
