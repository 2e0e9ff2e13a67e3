"""Reminders: the operator's pages, everybody's own, and what was said about the officer of dan's enterprise."""

from cqo_portal.notifications.models import Feed, Hold, Message
from tests.talent.rows import post

ANNOUNCED = {
    "year": "2027",
    "source": "国务院办公厅的通知",
    "text": "一、元旦：1月1日（周五）至3日（周日）放假，共3天。",
}
CHOSEN = dict.fromkeys(("cases", "certificates", "terms", "reports", "learning", "evaluation"), "digest")
SAID = {
    "reminders:hold-all": {"reason": "先核对"},
    "reminders:hold": {"reason": "先核对"},
    "reminders:put-aside": {"how": "打电话"},
    "reminders:settings": CHOSEN | {"number": ""},
    "desk:calendar-enter": ANNOUNCED,
}

TABLE = """
reminders:forecast GET: 302 403 403 403 403 403 403 403 403 403 403 200
reminders:forecast POST: 405
reminders:stage GET: 302 403 403 403 403 403 403 403 403 403 403 200
reminders:stage POST: 405
reminders:hold-all GET: 302 403 403 403 403 403 403 403 403 403 403 200
reminders:hold-all POST: 302 403 403 403 403 403 403 403 403 403 403 302
reminders:hold GET: 302 403 403 403 403 403 403 403 403 403 403 200
reminders:hold POST: 302 403 403 403 403 403 403 403 403 403 403 302
reminders:release GET: 405
reminders:release POST: 302 403 403 403 403 403 403 403 403 403 403 302
reminders:undelivered GET: 302 403 403 403 403 403 403 403 403 403 403 200
reminders:undelivered POST: 405
reminders:send-again GET: 405
reminders:send-again POST: 302 403 403 403 403 403 403 403 403 403 403 302
reminders:put-aside GET: 302 403 403 403 403 403 403 403 403 403 403 200
reminders:put-aside POST: 302 403 403 403 403 403 403 403 403 403 403 302
reminders:settings GET: 302/200
reminders:settings POST: 302
reminders:feed-make GET: 405
reminders:feed-make POST: 302/200
reminders:feed-end GET: 405
reminders:feed-end POST: 302
reminders:feed GET: 200
reminders:feed POST: 405
reminders:told GET: 302 404 200 404 200 200 200 404 404 404 404 404
reminders:told POST: 405
notifications:unread GET: 286/200
notifications:unread POST: 405
desk:calendar GET: 302 403 403 403 403 200 200 403 403 403 403 200
desk:calendar POST: 405
desk:calendar-enter GET: 302 403 403 403 403 200 200 403 403 403 403 200
desk:calendar-enter POST: 302 403 403 403 403 200 200 403 403 403 403 200
doctor GET: 302 403 403 403 403 403 403 403 403 403 403 200
doctor POST: 405
"""


def objects(people) -> dict:
    firm = people.dan.acting.organisation
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    dead = Message.objects.create(
        kind="filing-submitted", cause="dead", subject_type="registry.filing", subject_id="0",
        recipient=people.wang, channel="email", title="任职备案", body="…", url="/", state="dead", error="550",
    )  # fmt: skip
    held = Hold.objects.create(kind="term-ends", reason="先核对", by=people.meng)
    return {
        "reminders:stage": {"kind": "term-ends", "offset": "-30", "due_on": "2029-09-20"},
        "reminders:hold": {"kind": "certificate-ends"},
        "reminders:release": {"pk": held.pk},
        "reminders:send-again": {"pk": dead.pk},
        "reminders:put-aside": {"pk": dead.pk},
        "reminders:feed": {"secret": Feed.made_for(people.liu)},
        "reminders:told": {"label": "registry.officer", "pk": officer.pk},
    }
