"""Bodies in a few words: an institution with its staff, a record brought as far as one likes."""

from datetime import date

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Institution, Office
from cqo_portal.workflow.engine import perform
from evaluation.bodies import services
from evaluation.bodies.models import BodyRecord
from evaluation.bodies.workflow import RECORD_LIFE
from tests.cast import CODES, TODAY, institution, picture, user

FILED = {"document": "冀市监质〔2026〕7号", "first_day": date(2026, 1, 1), "last_day": date(2028, 12, 31)}


def body(name: str = "沧州质量评价中心", *, username: str = "shen") -> User:
    return user(username, Role.BODY, institution=institution(name))


def said(office, **changes) -> dict:
    """As the form gives it."""
    return {
        "office": office,
        "jurisdiction": "jiangsu",
        "credit_code": CODES[2],
        "rules_title": "首席质量官评价管理办法（评字〔2026〕1号）",
        "resources": "办公和评价场所 300 平方米，评价人员 12 名。",
        "authority": "沧州市民政局",
        "authority_contact": "0317-2345678",
    } | changes


def typed(office, **changes) -> dict:
    """As a browser sends it."""
    return said(office.pk, **changes)


def draft(by: User, office, *, papers: bool = True, **changes) -> BodyRecord:
    record = services.draft(said(office, **changes), by=by)
    for shade, kind in enumerate(("legal", "rules", "resources")) if papers else ():
        services.attach(record, picture(shade=shade), kind=kind, by=by)
    return record


def submitted(by: User, office, *, today: date = TODAY, **changes) -> BodyRecord:
    return perform(RECORD_LIFE["submit"], draft(by, office, **changes), by=by, today=today)


def filed(by: User, clerk: User, *, today: date = TODAY, code: str = CODES[2], **days) -> BodyRecord:
    """On record at the office of `clerk`."""
    record = submitted(by, clerk.acting.office, credit_code=code)
    return services.file_it(record, FILED | days, by=clerk, today=today)


def on_record(house: Institution, *, by: User) -> BodyRecord:
    """On record today, at an office where nobody of the cast works."""
    held = BodyRecord.objects.filter(institution=house, state="in_force").first()
    return held or BodyRecord.objects.create(
        institution=house,
        office=_elsewhere(),
        jurisdiction="jiangsu",
        state="in_force",
        document="苏市监质〔2020〕3号",
        first_day=date(2020, 1, 1),
        created_by=by,
    )


def _elsewhere() -> Office:
    named = {"name": "苏州市市场监督管理局", "area": "苏州市", "level": "city", "jurisdiction": "jiangsu"}
    return Office.objects.get_or_create(code="320500", defaults=named)[0]


def step(name: str, record: BodyRecord, *, by: User, today: date = TODAY, note: str = "查明") -> BodyRecord:
    return perform(RECORD_LIFE[name], record, by=by, note=note, today=today)
