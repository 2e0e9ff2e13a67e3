"""A step was refused: what was typed for it is not lost, and the reason stands beside its field."""

import re
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from cqo_portal.workflow.engine import perform
from tests.cast import browser
from tests.duties import rows as duties
from tests.training import rows
from training.models import Session
from training.workflow import CANCEL, CONFIRM

pytestmark = pytest.mark.django_db
NOTE = "报名不足，\n改到下月 <再办>。"
ROSTER = "名单里已经有人，请先清空名单再取消。"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    return rows.provider()


@pytest.fixture
def held(tan):
    made = rows.session(tan)
    rows.came(made, rows.person())
    return made


def steps(obj, name: str) -> str:
    return f"{obj.get_absolute_url()}steps/{name}/"


def field(page: str, step: str) -> str:
    """The field of the step with what stands beside it."""
    found = re.search(
        rf'<textarea[^>]* id="note-{step}".*?</textarea>(<div class="invalid-feedback".*?</div>)?', page, re.S
    )
    return found.group() if found else ""


def text(answer) -> str:
    return answer.content.decode()


def test_it_stands_in_its_field_with_the_reason_beside_it_and_the_menu_is_open(tan, held):
    answer = browser(tan).post(steps(held, "cancel"), {"note": NOTE}, follow=True)
    assert answer.redirect_chain == [(held.get_absolute_url(), 302)]
    shown = field(text(answer), "cancel")
    assert "\n报名不足，\n改到下月 &lt;再办&gt;。</textarea>" in shown
    assert 'aria-invalid="true" aria-describedby="note-cancel-wrong" autofocus' in shown
    assert ROSTER in shown
    assert '<details class="sure" data-menu open><summary class="btn">取消场次' in text(answer)
    assert Session.objects.get().state == "planned"


def test_a_page_nobody_was_refused_on_shows_an_empty_field(tan, held):
    """The control of the one above."""
    shown = text(browser(tan).get(held.get_absolute_url()))
    assert field(shown, "cancel").endswith("required>\n</textarea>")
    assert '<details class="sure" data-menu><summary class="btn">取消场次' in shown


def test_it_is_given_back_once_and_on_no_other_page(tan, held):
    another, window = rows.session(tan), browser(tan)
    window.post(steps(held, "cancel"), {"note": NOTE})
    assert "报名不足" not in text(window.get(another.get_absolute_url()))
    assert "报名不足" in text(window.get(held.get_absolute_url()))
    assert "报名不足" not in text(window.get(held.get_absolute_url()))


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("", "请写明理由，再取消场次。"),
        ("停课\u202e", "理由里有看不见的字符"),
        ("\u2800", "理由里有看不见的字符"),
        ("停" * 2001, "理由最多 2000 字，现在有 2001 字，请缩短后再办理。"),
    ],
)
def test_a_note_that_cannot_stand_on_record_is_kept_too(tan, held, note, reason):
    held.roster.all().delete()
    shown = field(text(browser(tan).post(steps(held, "cancel"), {"note": note}, follow=True)), "cancel")
    assert note in shown and reason in shown
    assert Session.objects.get().state == "planned"


def test_of_a_note_beyond_all_measure_the_beginning_is_kept(tan, held):
    window = browser(tan)
    window.post(steps(held, "cancel"), {"note": "停" * 600_000})
    assert len(window.session["typed_for_a_step"][2]) == 4000
    shown = field(text(window.get(held.get_absolute_url())), "cancel")
    assert shown.count("停") == 4000 and "现在有 600000 字" in shown


def test_asked_for_by_head_the_page_takes_nothing_out_of_the_session(tan, held):
    window = browser(tan)
    window.post(steps(held, "cancel"), {"note": NOTE})
    assert window.head(held.get_absolute_url()).status_code == 200
    assert "报名不足" in text(window.get(held.get_absolute_url()))
    assert "报名不足" not in text(window.get(held.get_absolute_url()))  # the control


def test_two_thousand_characters_as_a_browser_counts_them_are_taken(tan, held):
    """The control of the one above: a line's end is one."""
    held.roster.all().delete()
    browser(tan).post(steps(held, "cancel"), {"note": "停\r\n" * 1000})
    assert Session.objects.get().state == "cancelled"


def test_where_somebody_was_first_the_field_is_gone_and_the_words_are_handed_back(tan, held):
    held.roster.all().delete()
    perform(CANCEL, held, by=tan, note="停电")
    page = text(browser(tan).post(steps(held, "cancel"), {"note": NOTE}, follow=True))
    assert "已由 tan 于" in page
    assert "写过的话在这里，可以复制：“报名不足，\n改到下月 &lt;再办&gt;。”" in page
    assert field(page, "cancel") == ""


def test_a_reason_for_a_doubtful_report_is_not_cut_off_at_what_its_record_holds(people):
    county = people.wang.acting.office
    first, second = (duties.post(county, who=rows.person(name)).person for name in ("王雪松", "李四"))
    by = {who: duties.himself(who, f"u{n}") for n, who in enumerate((first, second))}
    on = date(2026, 6, 1)
    perform(CONFIRM, duties.report(first, to=county, by=by[first], on=on, papers=(1,)), by=people.wang)
    report = duties.report(second, to=county, by=by[second], on=on, papers=(1,))
    clerk, long = browser(people.wang), "两" * 301
    asked = field(text(clerk.post(steps(report, "confirm"), {"note": " "}, follow=True)), "confirm")
    assert "仍要确认的，请写明理由。" in asked
    shown = field(text(clerk.post(steps(report, "confirm"), {"note": long}, follow=True)), "confirm")
    assert long in shown and "理由最多 300 字，现在有 301 字" in shown
    clerk.post(steps(report, "confirm"), {"note": long[1:]})
    assert report.entries.get().flags.get().settlement.reason == long[1:]


def test_every_note_of_a_step_is_asked_for_in_the_one_way():
    """A page with a field of its own would lose what is typed into it."""
    pages = Path(settings.BASE_DIR, "templates").rglob("*.html")
    told = {str(page.relative_to(Path(settings.BASE_DIR, "templates"))): page.read_text() for page in pages}
    assert {name for name, page in told.items() if 'name="note"' in page} == {"workflow/note.html"}
    asking = {name: page for name, page in told.items() if "{% note_field " in page}
    assert set(asking) == {
        "appraisal/appraisal.html",
        "bodies/_step.html",
        "certificates/certificate.html",
        "duties/self_report.html",
        "evaluation/applications/application.html",
        "evaluation/consensus/_again.html",
        "evaluation/decisions/_decide.html",
        "evaluation/decisions/appeal.html",
        "evaluation/panels/evaluation.html",
        "evaluation/panels/invitation.html",
        "experts/expert.html",
        "notices/_amend.html",
        "offices/move.html",
        "offices/registration.html",
        "registry/filing_review.html",
        "reports/report.html",
        "talent/_buttons.html",
        "talent/case.html",
        "training/provider_report.html",
        "training/session.html",
    }
    menus = {
        name
        for name, page in asking.items()
        if re.search(r"<details[^>]*>(?:(?!</details>).)*note_field", page, re.S)
    }
    assert menus == {name for name, page in asking.items() if "{% if typed %} open{% endif %}>" in page}


def test_a_form_of_its_own_hands_the_words_back_where_a_colleague_was_first(people):
    who = rows.person()
    learned = duties.learned(who, "6", on=date(2026, 6, 1), by=people.wang)
    flag = duties.flagged(learned, counts=True, by=people.meng)
    said = {"counts": "yes", "reason": "签到表与照片相符。"}
    answer = browser(people.meng).post(f"{flag.get_absolute_url()}settle/", said, follow=True)
    assert answer.status_code == 200
    assert "写过的话在这里，可以复制：“签到表与照片相符。”" in text(answer)
    assert flag.settlement.reason == "已核实"
