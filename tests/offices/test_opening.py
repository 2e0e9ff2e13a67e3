"""Opening accounts from the shell, and what the roles fixture promises."""

import io

import pytest
from django.core.management import CommandError, call_command

from cqo_portal.accounts.models import AT_AN_OFFICE, Role, User
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Organisation
from cqo_portal.reference.files import read


def open_account(*arguments: str) -> str:
    out = io.StringIO()
    call_command("open_account", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestOpeningAnAccount:
    def test_a_county_clerk_can_sign_in_with_the_password_told_once(self, people, client):
        said = open_account("li", "李想", "county", "--office", "130981")
        password = said.rpartition("：")[2].strip()
        assert said.startswith("李想（li）：泊头市市场监督管理局 · 县级预审岗")
        assert client.login(username="li", password=password)

    def test_an_enterprise_that_is_not_known_yet_is_entered(self, people):
        scope = ("--office", "130922", "--credit-code", "91440101MA5CJQ4N59", "--enterprise", "青县新厂")
        open_account("qi", "齐心", "enterprise", *scope)
        assert Organisation.objects.get(credit_code="91440101MA5CJQ4N59").office_id == "130922"

    def test_the_gift_of_a_role_is_on_record(self, people):
        open_account("li", "李想", "county", "--office", "130981")
        acts = Event.objects.filter(subject_type="accounts.user").order_by("id").values_list("action", "data")
        assert list(acts) == [
            ("open-account", {}),
            ("assign", {"role": "county", "at": "泊头市市场监督管理局"}),
        ]

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("li", "李想", "county"), "没有启用的管辖机构"),
            (("li", "李想", "county", "--office", "999999"), "没有启用的管辖机构 999999"),
            (("li", "李想", "enterprise", "--office", "130981"), "须写明 --credit-code"),
            (("liu", "刘洋", "county", "--office", "130981"), "已存在"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_left_behind(self, people, arguments, sentence):
        before = User.objects.count()
        with pytest.raises(CommandError, match=sentence):
            open_account(*arguments)
        assert User.objects.count() == before


def test_the_fixture_names_exactly_the_roles_of_the_code():
    shipped = read("roles")["roles"]
    assert [(code, label) for code, label, *_ in shipped] == Role.choices
    assert {code for code, _, held_at, *_ in shipped if held_at == "office"} == AT_AN_OFFICE
