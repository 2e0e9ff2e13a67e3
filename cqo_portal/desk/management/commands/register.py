"""The register from the shell: who held a post when, as known when; what takes effect; what was before.

JSON on standard output, exit 2 on bad input.
"""

import json
import sys
from datetime import date

from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cqo_portal.desk.as_of import AsOf, is_told, who
from cqo_portal.parties.models import Organisation
from registry.entries import remember, take_effect
from registry.models import Entry, Officer

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "名录：who（某天谁任首席质量官，按某天掌握的）、remember（为上线前的任职补记登记事项）、take-effect。"
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("what", choices=["who", "remember", "take-effect"])
        parser.add_argument("--organisation", help="统一社会信用代码")
        parser.add_argument("--on", help="哪一天的情况，例如 2026-05-01；不写为今天")
        parser.add_argument("--known", help="按哪一天日终以前掌握的；不写为今天")

    def handle(self, *, what: str, organisation, on, known, **options) -> None:
        if what == "who":
            self._answer(_who(organisation, on=on, known=known))
        elif what == "remember":
            self._answer({"remembered": sum(bool(remember(post)) for post in _without_entries())})
        else:
            self._answer({"brought_up_to_date": take_effect(today=timezone.localdate())})

    def _answer(self, answer: dict) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if "error" in answer:
            sys.exit(BAD_INPUT)


def _without_entries():
    posts = Officer.objects.filter(~Exists(Entry.objects.filter(post=OuterRef("pk"))))
    return posts.select_related("organisation", "filing").iterator(chunk_size=500)


def _who(code: str | None, *, on: str | None, known: str | None) -> dict:
    today = timezone.localdate()
    try:
        question = AsOf(_day(on, today), _day(known, today), today)
    except ValueError:
        return {"error": "日期请写成 2026-05-01 的样子。"}
    organisation = Organisation.objects.filter(credit_code=(code or "").strip().upper()).first()
    if organisation is None:
        return {"error": "没有这个统一社会信用代码的企业。"}
    held = who(organisation, question)
    return {
        "organisation": organisation.credit_code,
        "name": organisation.name,
        "on": question.on.isoformat(),
        "known": question.known.isoformat(),
        "standing": "held" if held else "vacant" if is_told(organisation, question) else "unrecorded",
        "officers": [_told(post) for post in held],
    }


def _told(post: Officer) -> dict:
    return {"name": post.name, "filing_number": post.filing_number, "post": str(post.pk)}


def _day(text: str | None, today: date) -> date:
    return date.fromisoformat(text) if text else today
