"""Returns and their answers, phrases, the same person elsewhere."""

from registry.models import Filing, Phrase

SAID = {
    "registry:phrases": {"key": "officer.post", "text": "请写全职务。"},
    "registry:phrase-retire": {"active": "no"},
    "registry:check-item": {"fixed": "yes"},
    "registry:same-person": {"verdict": "concurrent", "reason": "核实", "posts": "x"},
}

TABLE = """
registry:phrases GET: 302 403 403 200 200 200 403 403 403 403 403 403
registry:phrases POST: 302 403 403 302 302 302 403 403 403 403 403 403
registry:phrase-retire GET: 302/405
registry:phrase-retire POST: 302 403 403 302 404 404 403 403 403 403 403 403
registry:check-item GET: 302/405
registry:check-item POST: 302 403 404 404 404 404 403 404 404 404 404 404
registry:same-person GET: 302/405
registry:same-person POST: 302 403 404 403 404 403 403 404 404 404 404 404
"""


def objects(people) -> dict:
    """A phrase of the county, and an item nobody asked for."""
    phrase = Phrase.objects.create(
        office=people.wang.acting.office, key="officer.post", text="请写清楚。", cites=""
    )
    filing = Filing.objects.filter(organisation=people.hengtong).latest("created_at")
    return {
        "registry:phrase-retire": {"pk": phrase.pk},
        "registry:check-item": {"pk": filing.pk, "item": 1},
    }
