"""Notices as the tests need them, through the product's own services."""

from datetime import date

from registry.notices import services
from tests.cast import TODAY

OPEN_ENDED = date(2099, 12, 31)  # for what is sent on whatever day the tests run


def said(**changes) -> dict:
    return {
        "year": 2026,
        "title": "关于2026年度集中备案的通告",
        "number": "沧市监通〔2026〕8号",
        "text": "请在时间内报送。",
        "opens_on": date(2026, 11, 1),
        "closes_on": date(2026, 11, 30),
        "appointments": True,
        "changes": True,
        "counties": [],
        "addressed": "all",
    } | changes


def draft(people, **changes):
    return services.open_draft(said(**changes), office=people.offices["130900"], by=people.meng)


def published(people, **changes):
    made = draft(people, **changes)
    return services.publish(made, version=made.version, by=people.meng, today=TODAY)
