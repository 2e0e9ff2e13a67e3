"""What may stand on no page: numbers of a person, planted once and searched for in everything that is sent."""

import re

from tests.cast import IDENTITY

PHONE = "13800138000"
CANARIES = (IDENTITY, IDENTITY[:17], IDENTITY[6:17], PHONE, PHONE[:8], PHONE[3:])

# What an applicant types into the draft stands in the applicant's own input, in no other place.
OWN_INPUT = re.compile(rb'<input[^>]*name="officer-phone"[^>]*>')
MAY_TYPE = {("liu", "registry:filing-edit")}


def found_in(body: bytes) -> list[str]:
    text = body.decode(errors="replace")
    return [canary for canary in CANARIES if canary in text]


def found_in_page(answer, actor: str, route: str) -> list[str]:
    """The numbers in what `actor` is sent by `route`."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found_in(OWN_INPUT.sub(b"", body) if (actor, route) in MAY_TYPE else body)
