"""The draft under attack: stale tabs, locked inputs, nonsense in every field, and fields nobody offered."""

import re
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cqo_portal.workflow.drafts import Stale
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.models import Filing
from registry.workflow import RETURN, SUBMIT
from tests.cast import TODAY, browser, typed

pytestmark = pytest.mark.django_db

NASTY = (
    "\0",
    "王\0雪松",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\u202e松雪王",
    "\u200b" * 40,
    "\ue863",
    "😀👨‍👩‍👧",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "'; DROP TABLE registry_filing; --",
    "%s%n%d\\",
    "９" * 5000,
    "9" * 5000,
    "-1",
    "1e309",
    "NaN",
    "٣",
    "1_000",
    "0000-00-00",
    "9999-99",
    "2026-02-30",
    "１１０１０５１９４９１２３１００２Ｘ",
    "a" * 20_000,
    "\r\nBcc: x@example.com",
    "../../etc/passwd",
    "null",
    "[]",
)
NAMES = [
    *sorted(typed()),
    "enterprise-assets",
    "enterprise-credit_code_as_printed",
    "officer-quality_level",
    "officer-quality_issued_on",
    "officer-training_certificate",
    "appointment-is_top_manager",
    "appointment-faults",
    "appointment-no_faults",
    "experience-0-DELETE",
    "experience-1-begins",
    "version",
    "action",
]


def flat(said: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in said.items()}


def address(filing: Filing, name: str = "autosave") -> str:
    return reverse(f"registry:filing-{name}", args=[filing.pk])


def kept(filing: Filing) -> Filing:
    return Filing.objects.get(pk=filing.pk)


@pytest.fixture
def filing(people):
    return people.filing(papers=())


@pytest.fixture
def liu(people):
    return browser(people.liu)


class TestTwoTabs:
    def test_the_second_tab_is_told_and_overwrites_nothing(self, liu, filing):
        seen = filing.draft_version
        first = liu.post(address(filing), flat(typed(officer__post="总工程师")) | {"version": seen})
        second = liu.post(address(filing), flat(typed(officer__post="厂长")) | {"version": seen})
        assert "data-stale" not in first.content.decode()
        assert "data-stale" in second.content.decode()
        assert kept(filing).draft["officer-post"] == ["总工程师"]

    def test_the_form_keeps_what_the_second_tab_typed(self, liu, filing):
        seen = filing.draft_version
        liu.post(address(filing), flat(typed(officer__post="总工程师")) | {"version": seen})
        said = flat(typed(officer__post="厂长")) | {"version": seen, "action": "save"}
        answer = liu.post(address(filing, "edit"), said)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert 'value="厂长"' in page
        assert "在另一个窗口" in page
        version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)
        again = liu.post(address(filing, "edit"), said | {"version": version})  # knowingly, a second time
        assert again.status_code == 302
        assert kept(filing).draft["officer-post"] == ["厂长"]

    def test_saving_the_same_words_twice_is_no_conflict(self, liu, filing):
        said = flat(typed(officer__post="总工程师")) | {"version": filing.draft_version}
        liu.post(address(filing), said)
        assert "data-stale" not in liu.post(address(filing), said).content.decode()

    def test_a_save_that_arrives_after_the_submission_changes_nothing(self, people, filing):
        """The page was merged while the filing was open; the lock is taken after somebody else submitted it."""
        opened = kept(filing)
        words = draft.merged(opened, draft.as_query(typed(officer__name="偷换的名字")))
        Filing.objects.filter(pk=filing.pk).update(plea="暂缺证书")
        perform(SUBMIT, filing, by=people.liu, today=TODAY)
        with pytest.raises(Stale):
            draft.save(opened, words, version=opened.draft_version, by=people.liu)
        assert kept(filing).draft["officer-name"] == ["王雪松"]

    def test_a_late_save_does_not_slip_past_the_locks_of_a_return(self, people, filing):
        opened = kept(filing)
        words = draft.merged(opened, draft.as_query(typed(officer__name="偷换的名字")))
        Filing.objects.filter(pk=filing.pk).update(plea="暂缺证书")
        sent = perform(SUBMIT, filing, by=people.liu, today=TODAY)
        services.pin(sent, key="officer.post", reason="请改正", cites="", by=people.wang)
        perform(RETURN, sent, by=people.wang, today=TODAY)
        with pytest.raises(Stale):
            draft.save(opened, words, version=None, by=people.liu)
        assert kept(filing).draft["officer-name"] == ["王雪松"]


class TestLocks:
    @pytest.fixture
    def returned(self, people):
        filing = people.filing(until="at_county")
        services.pin(filing, key="officer.post", reason="请改正", cites="", by=people.wang)
        services.pin(filing, key="appointment.appointer", reason="请改正", cites="", by=people.wang)
        return perform(RETURN, filing, by=people.wang, today=TODAY)

    def test_a_locked_input_sent_all_the_same_is_ignored(self, liu, returned):
        everything = dict.fromkeys(typed(), "偷换") | {"version": returned.draft_version}
        assert liu.post(address(returned), everything).status_code == 200
        before, after = returned.draft, kept(returned).draft
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        assert changed == {"officer-post", "appointment-appointer"}

    def test_inputs_that_look_like_open_ones_are_locked_too(self, liu, returned):
        lookalikes = ["officer-post-x", "officer-postX", "OFFICER-post", "officer.post", "officer-name "]
        said = flat(typed()) | dict.fromkeys(lookalikes, "偷换") | {"version": returned.draft_version}
        liu.post(address(returned), said)
        assert [name for name, values in kept(returned).draft.items() if "偷换" in values] == []

    @pytest.mark.parametrize("name", ["autosave", "edit", "check"])
    def test_a_submitted_filing_takes_no_more_words(self, people, liu, name):
        filing = people.filing(until="at_county")
        answer = liu.post(address(filing, name), flat(typed(officer__post="厂长")) | {"version": "1"})
        assert answer.status_code in (200, 302)
        assert kept(filing).draft["officer-post"] == ["副总经理"]
        if name == "autosave":
            assert "data-closed" in answer.content.decode()

    def test_an_unticked_box_is_unticked(self, liu, filing):
        assert filing.draft["appointment-in_decision_layer"] == ["on"]
        said = flat(typed(appointment__in_decision_layer=None)) | {"version": filing.draft_version}
        liu.post(address(filing), said)
        assert "appointment-in_decision_layer" not in kept(filing).draft


class TestNonsense:
    @pytest.mark.parametrize(
        "rows", ["-1", "1000000000", "9" * 5000, "drei", "", None, "1.5", "\0", "²", "١", "40", "41", "2001"]
    )
    @pytest.mark.parametrize("action", ["save", "add-row", "check"])
    def test_a_false_count_of_rows(self, liu, filing, rows, action):
        said = flat(typed(experience__TOTAL_FORMS=rows)) | {"version": filing.draft_version, "action": action}
        assert liu.post(address(filing, "edit"), said).status_code in (302, 422)
        assert liu.get(address(filing, "edit")).status_code == 200
        assert liu.get(address(filing, "check")).status_code in (200, 302)

    @pytest.mark.parametrize("version", ["", "-1", "x", "9" * 5000, "9" * 30, "²", "\0", "1.0"])
    def test_a_false_version(self, liu, filing, version):
        assert liu.post(address(filing), flat(typed()) | {"version": version}).status_code == 200

    def test_five_thousand_fields_are_refused_kindly(self, liu, filing):
        answer = liu.post(address(filing), {f"officer-x{n}": "x" for n in range(5000)})
        assert answer.status_code == 400
        assert "系统" in answer.content.decode() or "页" in answer.content.decode()

    def test_a_body_of_three_megabytes_is_refused(self, liu, filing):
        assert liu.post(address(filing), {"officer-post": "x" * 3_000_000}).status_code == 400
        assert kept(filing).draft["officer-post"] == ["副总经理"]

    @pytest.mark.parametrize("name", ["officer-name", "officer-post", "enterprise-name"])
    def test_a_nul_is_kept_out_of_the_columns_and_named_as_a_fault(self, liu, filing, name):
        said = flat(typed()) | {name: "王\0雪松", "version": filing.draft_version}
        assert liu.post(address(filing), said).status_code == 200
        assert "\0" not in kept(filing).name
        page = liu.post(
            address(filing, "edit"), said | {"version": kept(filing).draft_version, "action": "check"}
        )
        assert page.status_code == 422

    @pytest.mark.parametrize("said", ["\u202e松雪王", "王\u200b雪松", "\ue863雪松"])
    def test_an_invisible_character_is_a_fault_in_a_name(self, liu, filing, said):
        words = flat(typed(officer__name=said)) | {"version": filing.draft_version, "action": "check"}
        page = liu.post(address(filing, "edit"), words)
        assert page.status_code == 422
        assert "个字符" in page.content.decode()

    def test_every_nasty_string_in_every_input(self, liu, filing):
        """All inputs at once, one string after the other: never a failure, and the page can still be drawn."""
        for nasty in NASTY:
            said = dict.fromkeys(NAMES, nasty) | {"version": kept(filing).draft_version, "action": "check"}
            assert liu.post(address(filing), said).status_code == 200, ascii(nasty[:40])
            assert liu.post(address(filing, "edit"), said).status_code in (200, 302, 409, 422), ascii(
                nasty[:40]
            )
            assert liu.get(reverse("registry:filing-list")).status_code == 200, ascii(nasty[:40])

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        derandomize=True,
    )
    @given(
        st.dictionaries(
            st.sampled_from(NAMES),
            st.one_of(
                st.sampled_from(NASTY[:-3]), st.text(max_size=30), st.dates().map(str), st.integers().map(str)
            ),
            max_size=12,
        )
    )
    def test_whatever_is_typed_is_answered(self, liu, filing, changes):
        said = flat(typed()) | {k: v.encode("utf-8", "replace").decode() for k, v in changes.items()}
        said["version"] = str(kept(filing).draft_version)
        assert liu.post(address(filing), said).status_code == 200
        assert liu.get(address(filing, "check")).status_code in (200, 302)

    def test_the_control_of_the_fuzzer_a_broken_save_is_seen(self, liu, filing, monkeypatch):
        monkeypatch.setattr(draft, "_name_typed", lambda typed: "\0")
        assert liu.post(address(filing), flat(typed(officer__post="新"))).status_code == 500


class TestMassAssignment:
    HIDDEN = {
        "state": "filed",
        "round": "9",
        "id": str(uuid4()),
        "pk": str(uuid4()),
        "organisation": str(uuid4()),
        "organisation_id": str(uuid4()),
        "office": "130900",
        "office_id": "130900",
        "created_by": "1",
        "created_at": "2000-01-01",
        "moved_at": "2000-01-01",
        "draft": "{}",
        "draft_version": "99",
        "draft_saved_by": "鬼",
        "plea": "偷写的理由",
        "receipt_number": "SL-1",
        "rule_edition": "hubei-2022",
        "submitted_on": "2000-01-01",
        "tally": "{}",
        "filing_number": "BA-1",
        "filed_on": "2000-01-01",
        "search": "x",
        "haystack": "x",
        "pinyin": "x",
        "name": "x",
    }
    MAY_CHANGE = {
        "draft",
        "draft_version",
        "draft_saved_at",
        "draft_saved_by",
        "name",
        "search",
        "haystack",
        "pinyin",
    }

    def test_only_the_words_of_the_draft_change(self, liu, people, filing):
        before = Filing.objects.filter(pk=filing.pk).values().get()
        prefixed = {
            f"{section}-{k}": v for section in ("officer", "enterprise") for k, v in self.HIDDEN.items()
        }
        said = (
            prefixed | self.HIDDEN | flat(typed(officer__name="新名字")) | {"version": filing.draft_version}
        )
        for name in ("autosave", "edit"):
            liu.post(address(filing, name), said)
        after = Filing.objects.filter(pk=filing.pk).values().get()
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= self.MAY_CHANGE
        assert "name" in changed  # control: something was saved
        assert (after["draft_saved_by"], after["name"]) == ("liu", "新名字")

    def test_a_plea_is_taken_only_with_the_submission(self, liu, filing):
        answer = liu.post(
            address(filing, "check"),
            {"plea": "偷写的理由", "truthful": "", "version": filing.draft_version},
        )
        assert answer.status_code == 422
        assert kept(filing).plea == ""


def test_a_row_more_is_never_more_than_the_form_takes():
    assert draft.with_one_more_row({"experience-TOTAL_FORMS": ["30"]})["experience-TOTAL_FORMS"] == ["30"]
    assert draft.with_one_more_row({"experience-TOTAL_FORMS": ["9" * 9999]})["experience-TOTAL_FORMS"] == [
        "30"
    ]
    assert draft.with_one_more_row({})["experience-TOTAL_FORMS"] == ["2"]


def test_the_address_of_an_input():
    assert draft.address_of("officer-name") == "officer.name"
    assert draft.address_of("experience-0-begins") == "experience"
    assert draft.address_of("experience-TOTAL_FORMS") == "experience"
    assert draft.address_of("version") == "version."


def test_what_is_no_answer_is_not_kept(people):
    filing = people.filing(papers=())
    words = draft.merged(filing, QueryDict("version=3&action=check&csrfmiddlewaretoken=t&officer-post=x"))
    assert words == {"officer-post": ["x"]}


class TestTheLastLook:
    def said(self, filing) -> dict[str, str]:
        return {"truthful": "on", "version": str(filing.draft_version)}

    def test_what_was_looked_at_is_submitted(self, people, liu):
        filing = people.filing()
        assert liu.post(address(filing, "check"), self.said(filing)).status_code == 302
        assert kept(filing).state == "at_county"

    def test_what_a_second_window_changed_meanwhile_is_looked_at_again(self, people, liu):
        filing = people.filing()
        looked_at = self.said(filing)
        draft.save(filing, typed(officer__post="总工程师"), version=None, by=people.liu)
        answer = liu.post(address(filing, "check"), looked_at)
        assert answer.status_code == 409
        assert "总工程师" in answer.content.decode()
        assert "请重新核对" in answer.content.decode()
        assert kept(filing).state == "draft"


def test_a_first_draft_is_a_form_the_page_can_draw(people):
    """Also the noughts of the table of experience, and of an enterprise that has nobody yet."""
    people.hengtong.persons = 0
    people.hengtong.save()
    filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY)
    assert filing.draft["experience-INITIAL_FORMS"] == ["0"]
    assert filing.draft["enterprise-persons"] == ["0"]
    assert draft.form_of(filing, today=TODAY).experience.is_valid()
