"""Statistics: figures for offices and the administrator, names for offices alone, files for whoever ordered them."""

from datetime import date

from cqo_portal.statistics import orders, publishing
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS

KNOWN = date(2026, 1, 31)
TODAY = date(2026, 2, 10)
AT = AsOf(date(2025, 12, 31), KNOWN)
SAID = {
    "statistics:publish": {"statement": ""},
    "statistics:year-lock": {"known": KNOWN.isoformat(), "statement": "全年情况。"},
    "statistics:roster-order": {
        "on": "2025-12-31",
        "known": KNOWN.isoformat(),
        "columns": ["name"],
        "format": "csv",
        "purpose": "报省局年度统计",
    },
}


def objects(people) -> dict:
    """A table the city published, the year two counties locked, a roster the city ordered."""
    said = {"statement": "全年情况。", "absences": {}, "today": TODAY, "known": KNOWN}
    publishing.lock_year(people.offices["130981"], 2025, by=people.wang, **said)
    publishing.lock_year(people.offices["130922"], 2025, by=people.qing, **said)
    city = people.offices["130900"]
    held = publishing.publish(
        SUBJECTS["coverage"], city, AT, by_dimension="office", statement="", by=people.meng, today=TODAY
    )
    order = orders.order(
        city, AT, columns=["name"], as_format="csv", purpose="报省局年度统计", by=people.meng
    )
    of_a_table, of_a_year = {"subject": "coverage"}, {"year": 2025}
    tables = {f"statistics:{name}": of_a_table for name in ("table", "cell", "why", "publish")}
    kept = {
        f"statistics:{name}": {"pk": held.pk} for name in ("published", "published-cell", "published-why")
    }
    return tables | kept | {
        "statistics:table-file": of_a_table | {"as_format": "csv"},
        "statistics:published-file": {"pk": held.pk, "as_format": "csv"},
        "statistics:year": of_a_year | {"office": "130900"},
        "statistics:year-lock": of_a_year | {"office": "130900"},
        "statistics:year-report": of_a_year | {"office": "130981"},
        "statistics:order": {"pk": order.pk},
        "statistics:order-file": {"pk": order.pk},
    }  # fmt: skip


TABLE = """
statistics:index GET: 302 403 403 200 200 200 200 403 403 403 403 200
statistics:index POST: 405
statistics:table GET: 302 403 403 200 200 200 200 403 403 403 403 200
statistics:table POST: 405
statistics:table-file GET: 302 403 403 200 200 200 200 403 403 403 403 200
statistics:table-file POST: 405
statistics:cell GET: 302 403 403 404 404 404 404 403 403 403 403 403
statistics:cell POST: 405
statistics:why GET: 302 403 403 200 200 200 200 403 403 403 403 403
statistics:why POST: 405
statistics:publish GET: 302 403 403 200 200 200 200 403 403 403 403 403
statistics:publish POST: 302 403 403 302 302 302 302 403 403 403 403 403
statistics:published-list GET: 302 403 403 200 200 200 200 403 403 403 403 200
statistics:published-list POST: 405
statistics:published GET: 302 403 403 404 404 200 200 403 403 403 403 200
statistics:published POST: 405
statistics:published-file GET: 302 403 403 404 404 200 200 403 403 403 403 200
statistics:published-file POST: 405
statistics:published-cell GET: 302 403 403 404 404 404 404 403 403 403 403 403
statistics:published-cell POST: 405
statistics:published-why GET: 302 403 403 404 404 200 200 403 403 403 403 403
statistics:published-why POST: 405
statistics:year GET: 302 403 403 404 404 200 200 403 403 403 403 200
statistics:year POST: 405
statistics:year-lock GET: 302 403 403 404 404 200 403 403 403 403 403 403
statistics:year-lock POST: 302 403 403 404 404 302 403 403 403 403 403 403
statistics:year-report GET: 302 403 403 200 404 200 200 403 403 403 403 200
statistics:year-report POST: 405
statistics:roster GET: 302 403 403 200 200 200 200 403 403 403 403 403
statistics:roster POST: 405
statistics:roster-order GET: 302 403 403 200 200 200 200 403 403 403 403 403
statistics:roster-order POST: 302 403 403 302 302 302 302 403 403 403 403 403
statistics:orders GET: 302 403 403 200 200 200 200 403 403 403 403 403
statistics:orders POST: 405
statistics:order GET: 302 404 404 404 404 200 404 404 404 404 404 404
statistics:order POST: 405
statistics:order-file GET: 302/405
statistics:order-file POST: 302 404 404 404 404 302 404 404 404 404 404 404
"""
