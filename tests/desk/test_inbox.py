"""The inbox: what is unread is marked, opening it marks it read and goes where it points."""

import pytest
from django.conf import settings

from cqo_portal.notifications.models import Message

pytestmark = pytest.mark.django_db


def letter(who, number: int, *, read=None) -> Message:
    return Message.objects.create(
        kind="filing-submitted",
        cause=f"event:{number}",
        subject_type="registry.filing",
        subject_id=str(number),
        recipient=who,
        channel=Message.Channel.INBOX,
        title=f"第{number}件等您预审",
        body=f"第{number}件，受理号 SL-{number}，等贵局预审。\n\n请打开办理：http://testserver/filings/",
        url="/filings/",
        read_at=read,
    )


def inbox(client, who) -> str:
    client.force_login(who)
    return client.get("/inbox/").content.decode()


def test_an_empty_inbox_says_what_will_come(client, people):
    text = inbox(client, people.wang)
    assert "<h1>还没有消息</h1>" in text
    assert "全部标为已读" not in text


def test_the_unread_are_counted_in_the_title_and_marked_in_the_list(client, people):
    letter(people.wang, 1, read="2026-11-20T00:00:00+08:00")
    letter(people.wang, 2)
    text = inbox(client, people.wang)
    assert "<h1>1 条没有看过</h1>" in text
    assert text.count('class="is-unread"') == 1
    assert text.index("第2件等您预审") < text.index("第1件等您预审")


def test_only_the_first_paragraph_of_a_letter_is_shown(client, people):
    letter(people.wang, 1)
    text = inbox(client, people.wang)
    assert "第1件，受理号 SL-1，等贵局预审。" in text
    assert "http://testserver" not in text


def test_opening_a_letter_marks_it_read_and_goes_where_it_points(client, people):
    message = letter(people.wang, 1)
    client.force_login(people.wang)
    assert client.post(f"/inbox/{message.pk}/").url == "/filings/"
    assert "<h1>消息都看过了</h1>" in inbox(client, people.wang)


def test_a_letter_to_somebody_else_is_not_there(client, people):
    message = letter(people.wang, 1)
    client.force_login(people.qing)
    assert client.post(f"/inbox/{message.pk}/").status_code == 404
    assert "第1件" not in inbox(client, people.qing)


def test_all_are_marked_read_at_once_and_nobody_elses(client, people):
    letter(people.wang, 1)
    letter(people.wang, 2)
    other = letter(people.qing, 3)
    client.force_login(people.wang)
    client.post("/inbox/read/")
    assert Message.objects.inbox_of(people.wang).unread().count() == 0
    other.refresh_from_db()
    assert other.read_at is None


def test_the_second_page_holds_the_rest(client, people):
    for number in range(1, 33):
        letter(people.wang, number)
    text = inbox(client, people.wang)
    assert 'href="?page=2"' in text
    assert "第 1 页，共 2 页" in text
    rest = client.get("/inbox/?page=2").content.decode()
    assert "第2件等您预审" in rest
    assert "第3件等您预审" not in rest


def test_one_letter_costs_what_three_cost(client, people, django_assert_num_queries):
    client.force_login(people.wang)
    letter(people.wang, 1)
    with django_assert_num_queries(6):
        client.get("/inbox/")
    letter(people.wang, 2)
    letter(people.wang, 3)
    with django_assert_num_queries(6):
        client.get("/inbox/")


def test_no_message_announces_a_reason_that_the_inbox_does_not_show():
    """The inbox shows the first paragraph: what ends with a colon there says nothing."""
    bodies = {
        path.parent.name: path.read_text()
        for path in (settings.BASE_DIR / "templates/mail").glob("*/body.txt")
    }
    ends = {name for name, body in bodies.items() if body.partition("\n\n")[0].rstrip().endswith("理由：")}
    assert len(bodies) > 50 and ends == set()
