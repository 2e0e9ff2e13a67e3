"""A session that ended before a form was sent: what was written comes back on the page of signing in."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def sent(**said) -> str:
    client = Client(headers={"Sec-Fetch-Mode": "navigate"})
    answer = client.post("/bodies/clocks/", said, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")
    return answer.content.decode()


@pytest.mark.parametrize("name", ["evidence", "why", "conflict-said", "sign-reservation", "r7_5_1-comment"])
def test_sentences_come_back_whatever_stands_before_their_name(name):
    assert "“评审时用了笔记。”" in sent(**{name: "评审时用了笔记。"})


@pytest.mark.parametrize("name", ["identity_number", "sign-code", "phone", "why-not", "password"])
def test_numbers_and_secrets_do_not(name):
    page = sent(**{name: "320102197001010018", "reason": "换人。"})
    assert "320102197001010018" not in page
    assert "“换人。”" in page  # the control
