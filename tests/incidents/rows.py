"""Facts as a county clerk writes them down."""

from datetime import date

from registry.incidents import services
from registry.incidents.models import Incident
from tests.cast import CODES, IDENTITY


def typed(**changes) -> dict[str, str]:
    """A complete form about a person, as a browser sends it; None drops an input."""
    said = {
        "about": "person",
        "name": "王雪松",
        "identity_kind": "resident",
        "identity_number": IDENTITY,
        "credit_code": "",
        "fault": "accident",
        "accident_level": "larger",
        "responsible": "yes",
        "occurred_on": "2026-03-18",
        "document_number": "沧应急认〔2026〕7号",
        "issued_by": "沧州市应急管理局",
        "found_on": "2026-05-06",
        "said": "压力容器爆裂，伤四人；认定本人负直接管理责任。",
    } | changes
    return {name: value for name, value in said.items() if value is not None}


def of_an_enterprise(**changes) -> dict[str, str]:
    about = {"about": "enterprise", "name": "", "identity_number": "", "credit_code": CODES[0]}
    return typed(**(about | {"fault": "accident_of_organisation"} | changes))


def on_record(*, by, **changes) -> Incident:
    """A fact about the person of the cast, through the service."""
    values = {
        "name": "王雪松",
        "identity_kind": "resident",
        "identity_number": IDENTITY,
        "organisation": None,
        "fault": "accident",
        "accident_level": "larger",
        "responsible": True,
        "occurred_on": date(2026, 3, 18),
        "document_number": "沧应急认〔2026〕7号",
        "issued_by": "沧州市应急管理局",
        "found_on": date(2026, 5, 6),
        "said": "认定本人负直接管理责任。",
    } | changes
    return services.enter(values, by=by)


def about_the_enterprise(organisation, *, by, **changes) -> Incident:
    nobody = {"name": "", "identity_kind": "", "identity_number": None, "organisation": organisation}
    return on_record(by=by, **(nobody | {"fault": "accident_of_organisation"} | changes))
