"""Facts on record: for the person, the enterprise it is about, and the offices of their area."""

from tests.incidents.rows import on_record, typed

SAID = {
    "incidents:new": typed(document_number="沧应急认〔2026〕8号"),
    "incidents:correct": typed(reason="改等级", accident_level="ordinary"),
    "incidents:withdraw": {"reason": "文书已被撤销"},
}

TABLE = """
incidents:index GET: 302 200 200 200 200 200 200 200 403 403 403 403
incidents:index POST: 405
incidents:new GET: 302 403 403 200 200 200 200 403 403 403 403 403
incidents:new POST: 302 403 403 302 302 302 302 403 403 403 403 403
incidents:incident GET: 302 404 404 200 404 200 200 200 404 404 404 404
incidents:incident POST: 405
incidents:correct GET: 302 404 404 200 404 200 403 403 404 404 404 404
incidents:correct POST: 302 404 404 302 404 302 403 403 404 404 404 404
incidents:withdraw GET: 302/405
incidents:withdraw POST: 302 404 404 302 404 302 403 403 404 404 404 404
"""


def objects(people) -> dict:
    """Recorded by the county about the person whose filing it has."""
    made = on_record(by=people.wang)
    return {f"incidents:{page}": {"pk": made.thread} for page in ("incident", "correct", "withdraw")}
