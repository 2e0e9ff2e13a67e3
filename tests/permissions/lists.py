"""Yearly lists: offices keep those of their area, an enterprise sees its own entries."""

from registry.lists import services
from registry.lists.models import AboveScale

SAID = {"lists:remove": {"reason": "已注销"}}


def objects(people):
    """liu's enterprise is above scale in 2026, put on the list by wang."""
    entry = AboveScale(organisation=people.hengtong, year=2026, kind="industry", document="沧统〔2026〕8号")
    services.put_on(entry, by=people.wang)
    of_a_year = {"which": "above-scale", "year": 2026}
    return {
        "lists:listing": of_a_year,
        "lists:add": of_a_year,
        "lists:remove": {"which": "above-scale", "pk": entry.pk},
    }


TABLE = """
lists:index GET: 302 200 200 200 200 200 200 403 403 403 403 403
lists:index POST: 405
lists:listing GET: 302 200 200 200 200 200 200 403 403 403 403 403
lists:listing POST: 405
lists:add GET: 302 403 403 200 200 200 200 403 403 403 403 403
lists:add POST: 302 403 403 422 422 422 422 403 403 403 403 403
lists:remove GET: 302 403 404 200 404 200 200 404 404 404 404 404
lists:remove POST: 302 403 404 302 404 302 302 404 404 404 404 404
"""
