"""An enterprise registers itself; the county looks at the licence; a stranger learns nothing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.accounts.models import Role, User
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.offices import registration as services
from cqo_portal.offices.models import Registration
from cqo_portal.offices.workflow import ADMIT
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import Refused, perform
from registry.models import Entry
from tests.cast import CODES, PASSWORD, bare, browser, picture, user

pytestmark = pytest.mark.django_db
REGISTER = "/offices/register/"
PHONE = "13900139000"


def typed(**changes) -> dict[str, str]:
    said = {
        "enterprise-credit_code": CODES[2],
        "enterprise-name": "青县新厂包装有限公司",
        "enterprise-office": "130922",
        "enterprise-industry": "33",
        "enterprise-persons": "350",
        "enterprise-revenue": "8000",
        "clerk-full_name": "齐心",
        "clerk-phone": PHONE,
        "clerk-email": "qixin@example.com",
        "clerk-username": "qixin",
        "clerk-password": PASSWORD,
        "clerk-again": PASSWORD,
    }
    for name, value in changes.items():
        section, _, field = name.partition("__")
        said[f"{section}-{field}"] = value
    return {name: value for name, value in said.items() if value is not None}


def registered(**changes) -> tuple:
    """A browser whose visitor has registered, and the registration."""
    window = browser()
    answer = window.post(REGISTER, typed(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return window, Registration.objects.order_by("-created_at").first()


def handed_in(**changes) -> tuple:
    window, made = registered(**changes)
    window.post(f"{made.get_absolute_url()}licence/", {"file": picture()})
    window.post(f"{made.get_absolute_url()}steps/hand-in/")
    made.refresh_from_db()
    assert made.state == "waiting"
    return window, made


def decide(who, made, step: str, note: str = "执照与填报一致。"):
    return browser(who).post(f"{made.get_absolute_url()}steps/{step}/", {"note": note})


class TestTheForm:
    def test_the_account_is_signed_in_and_told_what_is_missing(self, people):
        window, made = registered()
        text = window.get(made.get_absolute_url()).content.decode()
        assert "还差一步：上传营业执照" in text
        assert "从业人员 350 人：300 ≤ 350 &lt; 1000，中型。" in text
        assert (made.size, made.sector, made.office_id, made.state) == (
            "medium",
            "secondary",
            "130922",
            "opened",
        )
        assert list(Event.objects.order_by("id").values_list("action", flat=True)) == [
            "open-account",
            "register",
        ]
        assert PHONE not in str(Registration.objects.values_list())

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"enterprise__credit_code": "91440101MA5CJQ4N5X"}, "第 18 位校验位应为 9，您填的是 X"),
            ({"enterprise__credit_code": "9144"}, "应为 18 位，您填的是 4 位"),
            ({"enterprise__credit_code": ""}, "请填写统一社会信用代码。"),
            ({"enterprise__persons": ""}, "这个行业按从业人员划分规模，请填写。"),
            ({"enterprise__persons": "many"}, "请填整数"),
            ({"enterprise__office": "130900"}, "选择"),
            ({"clerk__phone": "12"}, "请填 11 位手机号码"),
            ({"clerk__username": "liu"}, "用户名为 4–30 位"),
            ({"clerk__password": "short", "clerk__again": "short"}, "密码太短，至少要 12 个字符"),
            ({"clerk__password": "password1234", "clerk__again": "password1234"}, "这个密码太常见"),
            ({"clerk__again": "something else entirely"}, "两次输入的密码不一样。"),
            ({"clerk__full_name": "齐\u200b心"}, ""),
            ({"clerk__email": "x"}, "有效"),
            ({"enterprise__name": "青县\0厂"}, ""),
        ],
        ids=range(14),
    )
    def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(self, people, changes, sentence):
        before = User.objects.count()
        answer = browser().post(REGISTER, typed(**changes))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in text
        assert 'value="qixin@example.com"' in text or "clerk__email" in changes
        assert PASSWORD not in text
        assert (User.objects.count(), Registration.objects.count()) == (before, 0)

    def test_full_width_digits_are_taken(self, people):
        _, made = registered(
            enterprise__persons="３５０", enterprise__credit_code="９１４４０１０１ma5cjq4n59"
        )
        assert (made.persons, made.credit_code) == (350, CODES[2])

    def test_a_wrong_check_digit_passes_only_with_the_word_that_the_licence_says_so(self, people):
        wrong = "91440101MA5CJQ4N5X"
        text = browser().post(REGISTER, typed(enterprise__credit_code=wrong)).content.decode()
        assert "营业执照上确实如此" in text
        said = {"enterprise__credit_code": wrong, "enterprise__credit_code_as_printed": "on"}
        _, made = handed_in(**said)
        assert made.as_printed
        page = browser(people.qing).get(made.get_absolute_url()).content.decode()
        assert "代码的校验位算不拢" in page

    def test_the_size_is_worked_out_while_one_types(self, people):
        asked = {"enterprise-industry": "33", "enterprise-persons": "350", "enterprise-revenue": "8000"}
        text = browser().get("/offices/register/size/", asked).content.decode()
        assert "规模：中型" in text and "<html" not in text
        assert browser().get("/offices/register/size/", {"enterprise-industry": "x\0"}).status_code == 200

    def test_a_taken_username_is_said_and_the_rest_is_kept(self, people):
        User.objects.create(username="QiXin", full_name="齐欣")
        answer = browser().post(REGISTER, typed())
        assert answer.status_code == 422
        assert "这个用户名已经有人用了" in answer.content.decode()

    def test_eleven_in_an_hour_from_one_address_are_too_many(self, people):
        for number in range(10):
            registered(clerk__username=f"clerk{number}")
        answer = browser().post(REGISTER, typed(clerk__username="clerk10"))
        assert answer.status_code == 429
        text = answer.content.decode()
        assert "请一小时后再试" in text and 'value="qixin@example.com"' in text
        other = browser().post(REGISTER, typed(clerk__username="clerk10"), REMOTE_ADDR="203.0.113.7")
        assert other.status_code == 302

    def test_whoever_has_a_role_or_waits_is_led_where_it_goes_on(self, people):
        assert browser(people.liu).get(REGISTER)["Location"] == "/"
        window, made = registered()
        assert window.get(REGISTER)["Location"] == made.get_absolute_url()


class TestUntilTheCountyHasLooked:
    def test_the_account_sees_its_registration_and_nothing_else(self, people):
        filing = people.filing(until="filed")
        window, _ = handed_in()
        assert "我的企业注册" in window.get("/").content.decode()
        for path in ("/", "/filings/?turn=all", "/desk/register/", "/inbox/"):
            text = window.get(path).content.decode()
            assert "恒通" not in text and "王雪松" not in text, path
        for path in (
            filing.get_absolute_url(),
            filing.officer.get_absolute_url(),
            f"/filings/proofs/{filing.proofs.get().pk}/",
        ):
            assert window.get(path).status_code == 404, path
        assert window.get("/filings/new/").status_code == 403
        assert window.get("/offices/").status_code == 403
        assert window.get("/offices/registrations/").status_code == 403

    def test_without_a_licence_it_is_not_handed_in(self, people):
        window, made = registered()
        answer = window.post(f"{made.get_absolute_url()}steps/hand-in/", follow=True)
        assert "请先上传营业执照，再提交。" in answer.content.decode()
        assert Registration.objects.get().state == "opened"
        assert browser(people.qing).get(made.get_absolute_url()).status_code == 404

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (SimpleUploadedFile("x.png", b""), "空"),
            (SimpleUploadedFile("x.png", b"MZ no picture"), "这不是 PDF、JPG 或 PNG 文件"),
            (None, "请填写营业执照"),
        ],
        ids=["empty", "program", "nothing"],
    )
    def test_what_is_no_paper_is_refused_with_a_sentence(self, people, file, sentence):
        window, made = registered()
        answer = window.post(f"{made.get_absolute_url()}licence/", {"file": file} if file else {})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_the_licence_is_made_anew_and_seen_by_the_county_only(self, people):
        window, made = handed_in()
        path = f"{made.get_absolute_url()}licence/"
        paper = made.licence
        assert (paper.name, paper.media_type, paper.pages) == ("扫描件.png", "image/png", 1)
        assert browser(people.qing).get(f"{path}1.png")["Content-Type"] == "image/png"
        assert browser(people.qing).get(f"{path}2.png").status_code == 404
        for who in (people.wang, people.liu, people.dan):
            assert browser(who).get(path).status_code == 404
        assert window.post(path, {"file": picture(shade=3)}).status_code == 422  # it has been handed in

    def test_the_same_licence_sent_twice_is_kept_once(self, people):
        window, made = registered()
        for shade in (200, 200, 3):
            window.post(f"{made.get_absolute_url()}licence/", {"file": picture(shade=shade)})
        assert made.licences.count() == 2

    def test_the_telephone_number_is_shown_after_a_reason(self, people):
        _, made = handed_in()
        page = browser(people.qing)
        path = f"{made.get_absolute_url()}phone/"
        assert PHONE not in page.get(made.get_absolute_url()).content.decode()
        assert page.post(path, {"why": ""}).status_code == 422
        assert PHONE in page.post(path, {"why": "核对经办人"}).content.decode()
        assert Event.objects.looks().get().note == "核对经办人"
        assert browser(people.meng).get(path).status_code == 403


class TestTheCounty:
    def test_admitting_enters_the_enterprise_and_gives_the_role(self, people):
        window, made = handed_in()
        assert decide(people.qing, made, "admit").status_code == 302
        new = Organisation.objects.get(credit_code=CODES[2])
        assert (new.name, new.office_id, new.size, new.persons) == (
            "青县新厂包装有限公司",
            "130922",
            "medium",
            350,
        )
        known = dict(Entry.objects.filter(organisation=new, post=None).values_list("name", "value"))
        assert (known["office"], known["persons"], known["size"]) == ("130922", "350", "medium")
        assert window.get("/filings/new/").status_code == 200
        letter = Message.objects.get(recipient=made.applicant, channel="inbox")
        assert letter.title == "企业注册已确认，可以办理备案了"

    def test_a_refusal_is_told_with_its_reason_and_can_be_put_right(self, people):
        window, made = handed_in()
        decide(people.qing, made, "refuse", note="执照已经过期，请换新照。")
        assert "执照已经过期，请换新照。" in window.get(made.get_absolute_url()).content.decode()
        assert window.get("/filings/new/").status_code == 403
        form = window.get(REGISTER).content.decode()
        assert 'value="青县新厂包装有限公司"' in form and "clerk-password" not in form
        said = typed(clerk__username=None, clerk__password=None, clerk__again=None)
        assert window.post(REGISTER, said).status_code == 302
        assert Registration.objects.filter(applicant=made.applicant).count() == 2

    def test_a_refusal_without_a_reason_and_a_second_answer_are_refused(self, people):
        _, made = handed_in()
        decide(people.qing, made, "refuse", note=" ")
        assert Registration.objects.get().state == "waiting"
        decide(people.qing, made, "admit")
        again = browser(people.qing).post(
            f"{made.get_absolute_url()}steps/refuse/", {"note": "迟了"}, follow=True
        )
        assert "已由 qing 于" in again.content.decode()
        assert Registration.objects.get().state == "admitted"

    def test_only_the_county_of_it_decides(self, people):
        window, made = handed_in()
        keeper = user("keeper", Role.ADMIN)
        for who, status in ((people.wang, 404), (people.liu, 404), (people.meng, 403), (keeper, 403)):
            assert decide(who, made, "admit").status_code == status
        assert window.post(f"{made.get_absolute_url()}steps/admit/", {"note": "我是"}).status_code == 403
        assert Registration.objects.get().state == "waiting"

    def test_a_county_clerk_does_not_admit_the_own_registration(self, people):
        _, made = handed_in()
        Registration.objects.filter(pk=made.pk).update(applicant=people.qing)
        assert decide(people.qing, made, "admit").status_code == 403


class TestAnEnterpriseThatIsOnRecord:
    """hengtong of Botou is on record, liu is its clerk."""

    def asked(self, **changes):
        return {"enterprise__credit_code": CODES[0], "enterprise__office": "130981"} | changes

    def test_a_stranger_cannot_tell_before_the_county_has_decided(self, people):
        """The same words, but for what was typed: page by page, for a code on record and for one that is not."""
        seen = []
        for number, code in enumerate((CODES[0], CODES[2])):
            window = browser()
            said = typed(enterprise__credit_code=code, clerk__username=f"clerk{number}")
            answers = [window.post(REGISTER, said)]
            made = Registration.objects.get(applicant__username=f"clerk{number}")
            path = made.get_absolute_url()
            answers += [
                window.get(path),
                window.post(f"{path}licence/", {"file": picture()}),
                window.post(f"{path}steps/hand-in/"),
                window.get(path),
                window.get("/"),
                window.get("/inbox/"),
            ]
            texts = [f"{a.status_code} {a.get('Location', '')}{bare(a).decode()}" for a in answers]
            seen.append(
                [
                    re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "…", t.replace(str(made.pk), "…"))
                    .replace(code, "…")
                    .replace(f"clerk{number}", "…")
                    for t in texts
                ]
            )
        assert seen[0] == seen[1]

    def test_the_county_sees_it_and_the_clerks_are_told(self, people):
        _, made = handed_in(**self.asked())
        page = browser(people.wang).get(made.get_absolute_url()).content.decode()
        assert "这家企业已经登记：泊头恒通管件有限公司" in page
        letter = Message.objects.get(recipient=people.liu)
        assert letter.title == "齐心申请成为本企业的经办人"
        own = browser(people.liu).get(letter.url).content.decode()
        assert "有人申请成为本企业的经办人" in own
        assert "qixin@example.com" not in own and "licence" not in own

    def test_admitting_makes_a_clerk_and_no_second_enterprise(self, people):
        window, made = handed_in(**self.asked())
        before = Organisation.objects.count()
        decide(people.wang, made, "admit")
        assert Organisation.objects.count() == before
        made.refresh_from_db()
        assert made.organisation == people.hengtong
        assert Organisation.objects.get(pk=people.hengtong.pk).name == "泊头恒通管件有限公司"
        told = Message.objects.filter(recipient=people.liu).values_list("title", flat=True)
        assert "齐心已成为本企业的经办人" in told
        assert "泊头恒通管件有限公司" in window.get("/").content.decode()

    def test_it_goes_to_the_county_of_the_enterprise_whatever_was_chosen(self, people):
        window, made = handed_in(**self.asked(enterprise__office="130922"))
        assert (made.office_id, made.chosen_office_id) == ("130981", "130922")
        assert browser(people.qing).get(made.get_absolute_url()).status_code == 404
        assert "泊头" not in window.get(made.get_absolute_url()).content.decode().split("<main")[1]

    def test_what_came_on_record_meanwhile_is_passed_on(self, people):
        _, made = handed_in()
        other = Organisation.objects.create(
            credit_code=CODES[2], name="泊头新厂", office=people.offices["130981"]
        )
        with pytest.raises(Refused, match="请先转给该局"):
            perform(ADMIT, made, by=people.qing, note="一致")
        answer = browser(people.qing).post(f"{made.get_absolute_url()}pass-on/", follow=True)
        assert "已转给泊头市市场监督管理局。" in answer.content.decode()
        assert decide(people.wang, made, "admit").status_code == 302
        made.refresh_from_db()
        assert made.organisation == other

    def test_there_is_nothing_to_pass_on_otherwise(self, people):
        _, made = handed_in()
        with pytest.raises(Refused, match="不用转给"):
            services.pass_on(made, by=people.qing)


def test_the_list_costs_the_same_for_one_and_for_three(people, django_assert_num_queries):
    window = browser(people.qing)
    handed_in()
    window.get("/offices/registrations/")
    with django_assert_num_queries(6):
        window.get("/offices/registrations/")
    handed_in(clerk__username="second")
    handed_in(clerk__username="third")
    with django_assert_num_queries(6):
        answer = window.get("/offices/registrations/")
    assert len(answer.context["page"].rows) == 3


def test_a_desk_without_and_with_registrations(people):
    assert "机构的事" not in browser(people.qing).get("/").content.decode()
    handed_in()
    assert "待核对的企业注册" in browser(people.qing).get("/").content.decode()
    assert "机构的事" not in browser(people.wang).get("/").content.decode()
