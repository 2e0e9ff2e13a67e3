"""Annual reports: written by the enterprise, received by its county; roll-ups signed by each office for itself."""

from datetime import date

from cqo_portal.workflow.engine import perform
from registry.reports import draft, services
from registry.reports.models import AnnualReport
from registry.reports.workflow import REPORT, SUBMIT
from tests.reports.world import post, typed

ON = date(2025, 12, 1)
AFTER = date(2026, 1, 8)

STEPS = {"reports:step": REPORT}
SAID = {
    "reports:start": {"year": "2000"},
    "reports:pin": {"section": "duty", "reason": "请改正"},
    "reports:step amend": {"note": "有误"},
    "reports:step correct": {"note": "有误"},
    "reports:sign": {"statement": "同意"},
}


def objects(people) -> dict:
    """A report of Hengtong that lies before its county, another one still a draft; a year the county signed."""
    _served(people.hengtong)
    drafted = {"pk": _drafted(people, 2024).pk}
    waiting = {"pk": perform(SUBMIT, _drafted(people, 2025), by=people.liu, today=ON).pk}
    for year in (2023, 2024):  # where no text asks for a report, an office asks
        services.open_year(people.offices["130981"], year, by=people.wang, today=date(year, 12, 1))
    services.sign(people.offices["130981"], 2023, statement="同意", absences={}, by=people.wang, today=AFTER)
    county = {"code": "130981"}
    return {
        "reports:report": waiting,
        "reports:edit": drafted,
        "reports:autosave": drafted,
        "reports:check": drafted,
        "reports:pin": waiting,
        "reports:unpin": waiting | {"item": 1},
        **{f"reports:step {name}": waiting | {"step": name} for name in REPORT},
        "reports:office": county | {"year": 2025},
        "reports:open": county | {"year": 2025},
        "reports:remind": county | {"year": 2025},
        "reports:sign": county | {"year": 2024},
        "reports:locked": county | {"year": 2023},
    }


def _served(firm) -> None:
    """An officer from earlier years who has left, so that no filing of today meets him."""
    post(firm, "冯八", date(2023, 1, 1), date(2026, 1, 31))


def _drafted(people, year: int) -> AnnualReport:
    report = services.open_report(people.hengtong, year, by=people.liu, today=date(year, 12, 1))
    draft.save(report, typed(report, on=date(year, 12, 1)), version=None, by=people.liu)
    return AnnualReport.objects.get(pk=report.pk)


TABLE = """
reports:index GET: 302/200
reports:index POST: 405
reports:start GET: 302/405
reports:start POST: 302 302 302 403 403 403 403 403 403 403 403 403
reports:receive GET: 302 403 403 302 302 403 403 403 403 403 403 403
reports:receive POST: 302 403 403 302 302 403 403 403 403 403 403 403
reports:report GET: 302 200 404 200 404 200 200 404 404 404 404 404
reports:report POST: 405
reports:edit GET: 302 200 404 404 404 404 404 404 404 404 404 404
reports:edit POST: 302 302 404 404 404 404 404 404 404 404 404 404
reports:autosave GET: 302/405
reports:autosave POST: 302 200 404 404 404 404 404 404 404 404 404 404
reports:check GET: 302 200 404 404 404 404 404 404 404 404 404 404
reports:check POST: 302 409 404 404 404 404 404 404 404 404 404 404
reports:pin GET: 302/405
reports:pin POST: 302 403 404 302 404 403 403 404 404 404 404 404
reports:unpin GET: 302/405
reports:unpin POST: 302 403 404 302 404 403 403 404 404 404 404 404
reports:office GET: 302 404 404 200 404 200 200 404 404 404 404 404
reports:office POST: 405
reports:open GET: 302/405
reports:open POST: 302 404 404 302 404 403 403 404 404 404 404 404
reports:remind GET: 302/405
reports:remind POST: 302 404 404 302 404 403 403 404 404 404 404 404
reports:sign GET: 302 404 404 200 404 403 403 404 404 404 404 404
reports:sign POST: 302 404 404 302 404 403 403 404 404 404 404 404
reports:locked GET: 302 404 404 200 404 200 200 404 404 404 404 404
reports:locked POST: 405
reports:step submit GET: 302/405
reports:step submit POST: 302 302 404 403 404 403 403 404 404 404 404 404
reports:step withdraw GET: 302/405
reports:step withdraw POST: 302 302 404 403 404 403 403 404 404 404 404 404
reports:step receive GET: 302/405
reports:step receive POST: 302 403 404 302 404 403 403 404 404 404 404 404
reports:step return GET: 302/405
reports:step return POST: 302 403 404 302 404 403 403 404 404 404 404 404
reports:step amend GET: 302/405
reports:step amend POST: 302 302 404 403 404 403 403 404 404 404 404 404
reports:step correct GET: 302/405
reports:step correct POST: 302 302 404 403 404 403 403 404 404 404 404 404
reports:step keep GET: 302/405
reports:step keep POST: 302 302 404 403 404 403 403 404 404 404 404 404
"""
