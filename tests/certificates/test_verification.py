"""Public verification through its pages: what anybody is told, and what nobody is."""

import html
import json
import re
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from certificates.life import acts
from certificates.models import Certificate
from certificates.verification import daily, limits
from certificates.verification.keys import read
from certificates.verification.lookup import found_by_code, found_by_name
from cqo_portal.wording import day_full
from tests.cast import IDENTITY, browser
from tests.certificates import rows
from tests.certificates.asking import alike, box, by_file, by_name, by_name_json, text_of
from tests.talent.rows import post

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOBODYS = "CQO-JSZP-2026-0777-6"
REASON = "市场监督管理局查明的事实。"


@pytest.fixture
def held(people) -> tuple[rows.rows.Panel, Certificate]:
    return rows.issued(people)


def on(day: date):
    return time_machine.travel(datetime(day.year, day.month, day.day, 10, 42, tzinfo=SHANGHAI), tick=False)


def from_address(n: int) -> Client:
    return Client(REMOTE_ADDR=f"203.0.113.{n}")


def address(made: Certificate) -> str:
    return f"/c/{made.number}/{rows.code_of(made)}"


def every_way(made: Certificate) -> dict:
    """The same certificate asked for in all six ways."""
    content = bytes(made.rendering.content)
    return {
        "name": by_name(made.number, "王雪松"),
        "code": browser().get(address(made)),
        "file": by_file(content),
        "name json": by_name_json(made.number, "王雪松"),
        "code json": browser().get(f"{address(made)}/answer.json"),
        "file json": by_file(content, path="/verify/file/answer.json"),
    }


def said_every_way(made: Certificate) -> set:
    answers = every_way(made)
    assert {answer.status_code for answer in answers.values()} == {200}
    machines = {answer.json()["state"] for name, answer in answers.items() if "json" in name}
    return {box(answer) for name, answer in answers.items() if "json" not in name} | machines


class TestTheAnswers:
    def test_valid(self, held):
        _, made = held
        assert said_every_way(made) == {
            ("有效", f"今天有效，到{day_full(made.last_day)}（含当日）为止。"),
            "valid",
        }

    @pytest.mark.parametrize(
        ("kind", "word", "sentence", "state"),
        [
            ("suspend", "暂停", "起暂停，暂停期间不能作为有效证书使用。", "suspended"),
            ("discontinue", "中止", "起中止，不会恢复。", "discontinued"),
            ("void", "作废", "起作废，不会恢复。", "void"),
        ],
    )
    def test_taken_away(self, held, kind, word, sentence, state):
        panel, made = held
        since, eve = made.first_day + timedelta(days=10), made.first_day + timedelta(days=9)
        made = rows.done(kind, made, on=since, by=panel.staff)
        before = f"此前{day_full(made.first_day)}至{day_full(eve)}有效。"
        with on(since + timedelta(days=5)):
            assert said_every_way(made) == {(word, f"自{day_full(since)}{sentence}{before}"), state}

    def test_expired_the_day_after_its_last(self, held):
        _, made = held
        over = made.last_day + timedelta(days=1)
        with on(made.last_day):
            assert box(by_name(made.number, "王雪松"))[0] == "有效"
        with on(over):
            sentence = (
                f"{day_full(made.last_day)}到期，自{day_full(over)}起失效。"
                f"此前{day_full(made.first_day)}至{day_full(made.last_day)}有效。"
            )
            assert said_every_way(made) == {("到期失效", sentence), "expired"}

    def test_superseded_by_the_next_one(self, people, held):
        panel, old = held
        with on(old.first_day + timedelta(days=30)):
            _, decision = rows.decided(people, staff=panel.staff)
            new = rows.of(decision, by=panel.staff)
            old = Certificate.objects.get(pk=old.pk)
            word, sentence = box(by_name(old.number, "王雪松"))
            assert said_every_way(old) == {(word, sentence), "superseded"}
        assert word == "已换证"
        assert sentence.startswith(f"自{day_full(new.first_day)}起由新证书 {new.number} 取代。")

    def test_not_found(self, held):
        answer = by_name(NOBODYS, "王雪松")
        assert answer.status_code == 404
        assert box(answer) == (
            "查无此证",
            "没有编号与姓名都相符的证书。请对照证书核对每一个字；核对无误的，这不是本平台签发的证书。",
        )
        assert by_name_json(NOBODYS, "王雪松").json()["state"] == "not_found"


class TestWhatIsShown:
    def test_every_fact_on_the_paper(self, held):
        _, made = held
        answers, words = every_way(made), made.imprint.words
        for way in ("name", "code", "file"):
            text = text_of(answers[way]).replace("至 ", "至")  # where a narrow screen may break the line
            for key in ("number", "holder", "organisation", "grade", "body", "evaluated", "valid"):
                assert words[key] in text, (way, key)

    def test_nothing_that_is_not_on_the_paper(self, held):
        panel, made = held
        made = rows.done("suspend", made, on=made.first_day, by=panel.staff)
        private = (IDENTITY, "13800138000", REASON, "苏市监罚〔2026〕18号", str(made.pk), str(made.person_id))
        for way, answer in every_way(made).items():
            assert [secret for secret in private if secret in answer.text] == [], way
            told = rows.code_of(made) in answer.text
            assert told == (way in ("code", "file")), way  # who asks by name does not hold the QR

    def test_the_clause_of_an_act_is_shown_and_its_reason_is_not(self, held):
        panel, made = held
        rows.done("suspend", made, on=made.first_day, by=panel.staff)
        assert "事由不公开" in text_of(by_name(made.number, "王雪松"))

    def test_the_reason_would_be_found_where_it_is_shown(self, held):
        """The control: the body that wrote it reads it."""
        panel, made = held
        made = rows.done("suspend", made, on=made.first_day, by=panel.staff)
        assert REASON in browser(panel.staff).get(made.get_absolute_url()).text

    def test_no_cache_and_no_search_engine_keeps_it(self, held):
        for answer in every_way(held[1]).values():
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"

    def test_refusals_are_kept_as_little(self, people):
        wrong = {"number": "x", "name": ""}
        for answer in (
            by_name(NOBODYS, "王雪松"),
            browser().post("/verify/", wrong),
            browser().post("/verify/answer.json", wrong),
            browser().get(f"/c/{NOBODYS}/x"),
            by_file(b"no pdf"),
            browser().get("/verify/"),
        ):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


class TestAnotherDay:
    def test_is_answered_on_the_page_in_every_way_there_is_a_field(self, held):
        _, made = held
        eve = made.first_day - timedelta(days=1)
        said = f"{day_full(eve)}当天，这张证书还没有颁发（{day_full(made.first_day)}起有效）。"
        assert said in text_of(by_name(made.number, "王雪松", on=eve.isoformat()))
        assert said in text_of(browser().get(address(made), {"on": eve.isoformat()}))
        found = browser().get(f"{address(made)}/answer.json", {"on": eve.isoformat()}).json()["on"]
        assert found == {"day": eve.isoformat(), "state": "not_issued", "valid": False}
        assert by_name_json(made.number, "王雪松", on=eve.isoformat()).json()["on"] == found

    def test_a_day_of_its_suspension(self, held):
        panel, made = held
        first, last = made.first_day + timedelta(days=3), made.first_day + timedelta(days=6)
        rows.done("suspend", made, on=first, by=panel.staff)
        rows.done("resume", made, on=last + timedelta(days=1), by=panel.staff)
        with on(last + timedelta(days=30)):
            states = [
                by_name_json(made.number, "王雪松", on=day.isoformat()).json()["on"]["state"]
                for day in (first - timedelta(days=1), first, last, last + timedelta(days=1))
            ]
        assert states == ["valid", "suspended", "suspended", "valid"]

    def test_nonsense_is_said_beside_the_field_and_nothing_is_lost(self, held):
        _, made = held
        for typed in ("2026-02-30", "明天", "2027-02-29", "20261301", "0000-00-00", "<b>"):
            asked = by_name(made.number, "王雪松", on=typed)
            for answer in (asked, browser().get(address(made), {"on": typed})):
                assert answer.status_code == 422
                assert box(answer)[0] == "有效"
                assert "invalid-feedback d-block" in answer.text
                assert f'value="{html.escape(typed)}"' in answer.text
            assert f'name="number" value="{made.number}"' in asked.text
            assert 'name="name" value="王雪松"' in asked.text

    def test_nonsense_from_a_machine_is_an_error_of_that_field(self, held):
        _, made = held
        typed = "2026-02-30"
        for answer in (
            by_name_json(made.number, "王雪松", on=typed),
            browser().get(f"{address(made)}/answer.json", {"on": typed}),
        ):
            assert answer.status_code == 422
            assert list(answer.json()["errors"]) == ["on"]


class TestWhoeverGuesses:
    """Unknown, wrong name, wrong code, a number that never came to be a paper: one answer."""

    @pytest.fixture
    def never_made(self, people, held, settings, tmp_path) -> Certificate:
        panel, _ = held
        officer = post(people.dan.acting.organisation, name="丁鹏", number="11010119900307100X")
        _, decision = rows.decided(people, staff=panel.staff, officer=officer)
        key, settings.SIGNING_KEY = settings.SIGNING_KEY, tmp_path / "none.pem"
        waiting = rows.ordered(decision, by=panel.staff).orders.get().certificate
        settings.SIGNING_KEY = key
        return waiting

    def test_is_told_the_same_by_name(self, held, never_made):
        _, made = held
        misses = [(NOBODYS, "王雪松"), (made.number, "王雪"), (never_made.number, "丁鹏")]
        pages = [by_name(*typed) for typed in misses]
        assert [page.status_code for page in pages] == [404, 404, 404]
        assert len({alike(page, *typed) for page, typed in zip(pages, misses, strict=True)}) == 1
        machines = [by_name_json(*typed).json() for typed in misses]
        assert {tuple(said) for said in machines} == {("state", "asked_at")}

    def test_is_told_the_same_once_the_number_was_given_up(self, held, never_made):
        panel, _ = held
        acts.abandon(never_made, "印错了。", by=panel.staff, today=never_made.first_day)
        pages = {alike(by_name(*typed), *typed) for typed in ((never_made.number, "丁鹏"), (NOBODYS, "丁鹏"))}
        assert len(pages) == 1

    def test_is_told_the_same_by_code(self, held, never_made):
        _, made = held
        paths = [
            f"/c/{NOBODYS}/{rows.code_of(made)}",
            f"/c/{made.number}/{rows.code_of(made)[:-1]}",
            f"/c/{made.number}/x",
            f"/c/{never_made.number}/{rows.code_of(never_made)}",
            "/c/无/无",
        ]
        pages = [browser().get(path) for path in paths]
        assert {page.status_code for page in pages} == {404}
        assert len({alike(page) for page in pages}) == 1

    def test_a_found_one_looks_different(self, held):
        """The control of the three above."""
        _, made = held
        right, wrong = (by_name(made.number, "王雪松"), by_name(made.number, "王雪"))
        assert alike(right, made.number, "王雪松") != alike(wrong, made.number, "王雪")

    def test_a_thousand_guesses_find_nothing(self, held):
        """A hundred thousand: `tests/bench/bench_guessing.py`."""
        _, made = held
        for _ in range(500):
            assert found_by_code(made.number, secrets.token_urlsafe(16)) is None
            assert found_by_name(made.number, f"王{secrets.token_hex(2)}") is None
        assert found_by_code(made.number, rows.code_of(made)).pk == made.pk  # the control


class TestHowOften:
    def test_thirty_misses_an_hour_and_then_no_more_but_the_code_in_the_qr_still_answers(self, held):
        _, made = held
        statuses = [by_name(NOBODYS, f"王雪{'松柏'[n % 2]}").status_code for n in range(31)]
        assert statuses == [404] * 30 + [429]
        blocked = by_name(made.number, "王雪松")
        assert blocked.status_code == 429
        assert box(blocked) == (
            "暂时不能查询",
            "从您的网络来的查询有太多没有查到，暂时不再按编号和姓名查询。请一小时后再试，或者扫证书上的二维码。",
        )
        assert by_name_json(made.number, "王雪松").json() == {"state": "too_many"}
        scanned = browser().get(f"/c/{made.number}/wrong")
        assert scanned.status_code == 429
        assert box(scanned)[1] == (
            "从您的网络来的查询有太多没有查到，这个地址也没有查到。请再扫一遍证书上的二维码：查得到的随时回答；"
            "按编号和姓名查询的，请一小时后再试。"
        )
        assert browser().get(address(made)).status_code == 200
        assert by_file(bytes(made.rendering.content)).status_code == 200

    def test_when_all_together_were_wrong_too_often_the_codes_still_answer(self, held, monkeypatch):
        """What was missed by code counts for its own address alone."""
        _, made = held
        monkeypatch.setattr(limits, "LIMITS", limits.LIMITS | {"everybody": "3/h/key"})
        for n in range(5):
            assert from_address(n).get(f"/c/{made.number}/wrong").status_code == 404
        asked = {"number": NOBODYS, "name": "王雪松"}
        statuses = [from_address(n).post("/verify/", asked).status_code for n in range(4)]
        assert statuses == [404] * 3 + [429]
        refused = from_address(9).post("/verify/", asked | {"number": made.number})
        assert box(refused) == (
            "暂时不能查询",
            "现在没有查到的查询太多，暂时不再按编号和姓名查询。请一小时后再试，或者扫证书上的二维码。",
        )
        assert from_address(9).get(address(made)).status_code == 200

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_a_page_elsewhere_has_nobody_ask_for_it(self, held, site):
        """Thirty pictures in a page would use up the tries of each who looks at it."""
        _, made = held
        asked = {"number": made.number, "name": "王雪松"}
        for answer in (
            browser().get(f"{address(made)}/answer.json", headers={"sec-fetch-site": site}),
            browser().post("/verify/answer.json", asked, headers={"sec-fetch-site": site}),
            browser().post("/verify/file/answer.json", {}, headers={"sec-fetch-site": site}),
        ):
            assert (answer.status_code, answer.json()) == (403, {"state": "refused"})
        ours = browser().post("/verify/answer.json", asked, headers={"sec-fetch-site": "same-origin"})
        assert ours.status_code == 200  # the control

    def test_whoever_finds_is_not_counted(self, held):
        _, made = held
        assert {by_name(made.number, "王雪松").status_code for _ in range(40)} == {200}

    def test_what_cannot_be_a_number_is_not_counted(self, held):
        assert {by_name(f"{NOBODYS[:-1]}*", "王雪松").status_code for _ in range(40)} == {422}


class TestMachines:
    def ask(self, body, **how):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        client = Client(enforce_csrf_checks=True)
        return client.post("/verify/answer.json", content, content_type="application/json", **how)

    def test_send_json_or_a_form_without_a_token(self, held):
        _, made = held
        said = {"number": made.number, "name": "王雪松", "on": made.first_day.isoformat()}
        assert self.ask(said).json()["on"]["valid"] is True
        form = Client(enforce_csrf_checks=True).post("/verify/answer.json", said)
        assert form.json()["on"] == self.ask(said).json()["on"]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"null",
            b"[1]",
            b'"x"',
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"number":' * 50_000,
            {"number": 1, "name": ["王雪松"]},
            {"number": {"a": 1}, "name": None},
            {"number": "\ud800", "name": "\ud800"},
            {"number": "x" * 100_000, "name": "王" * 100_000},
            b'{"number": NaN, "name": Infinity}',
            {"number": "\x00", "name": "\x00"},
        ],
        ids=range(14),
    )
    def test_nonsense_is_refused_field_by_field(self, people, body):
        answer = self.ask(body)
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) <= {"number", "name", "on"}

    @pytest.mark.parametrize("code", ["%00", "%ff", "%F0%90", "a%2fb", "..%2f", "𠮷", "x" * 3000])
    def test_odd_codes_are_just_wrong(self, people, code):
        assert browser().get(f"/c/{NOBODYS}/{code}").status_code == 404


class TestNames:
    @pytest.mark.parametrize(
        ("printed", "ways"),
        [
            ("阿依古丽·买买提", ["阿依古丽•买买提", "阿依古丽・买买提", " 阿依古丽 · 买买提 "]),
            ("John Smith", ["ＪＯＨＮ　ｓｍｉｔｈ", "johnsmith", "John  SMITH"]),
            ("张䶮", ["张䶮", "张 䶮"]),
        ],
    )
    def test_are_found_as_they_are_read(self, people, printed, ways):
        _, made = rows.issued(people, officer=post(people.hengtong, name=printed))
        for typed in ways:
            answer = by_name(made.number, typed)
            assert answer.status_code == 200, typed
            assert printed in text_of(answer)

    @pytest.mark.parametrize(("printed", "typed"), [("张䶮", "张龑"), ("王雪松", "王雪鬆"), ("王Ⅲ", "王III")])
    def test_no_character_stands_for_another(self, printed, typed):
        assert read(printed) != read(typed)


def test_no_public_page_repeats_the_host_somebody_sent(held, settings):
    """Any host is let in where it is demonstrated. The control: what they print is where the deployment says it is."""
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["*"], "https://cqo.example.gov.cn"
    _, made = held
    file = daily.write(at=timezone.localtime())
    code = address(made)
    paths = (
        "/verify/",
        code,
        f"{code}/answer.json",
        "/verify/offline/",
        "/verify/offline/checker.html",
        "/verify/status/",
    )
    for path in (*paths, "/verify/status/latest.json", f"/verify/status/{file.day}.json"):
        answer = browser().get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 200
        assert "evil.example" not in answer.text, path
    page = browser().get("/verify/", headers={"Host": "evil.example"})
    assert "网址应以 https://cqo.example.gov.cn/ 开头" in re.sub(r"<[^>]+>", "", page.text)
    latest = browser().get("/verify/status/latest.json", headers={"Host": "evil.example"}).json()
    assert latest["url"] == f"https://cqo.example.gov.cn/verify/status/{file.day}.jsonl.gz"
