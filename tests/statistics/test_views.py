"""Statistics in the browser, where there is nothing yet."""

import pytest

from cqo_portal.accounts.models import Role
from tests.cast import browser, user
from tests.reports.world import office

pytestmark = pytest.mark.django_db


def test_before_any_office_is_registered_an_administrator_is_told_so_and_afterwards_reads_its_figures():
    client = browser(user("liang", Role.ADMIN))
    answer = client.get("/statistics/coverage/")
    assert (answer.status_code, "还没有登记任何机构" in answer.content.decode()) == (403, True)
    assert client.get("/statistics/").status_code == 200

    office("420000", "甲省", "province", None, "hubei")
    answer = client.get("/statistics/coverage/")
    assert (answer.status_code, "甲省" in answer.content.decode()) == (200, True)
