"""每日状态文件: what stands in it, that it is signed, once a day, and what the public gets of it."""

import gzip
import hashlib
import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import Error, IntegrityError
from django.utils import timezone

from certificates import tasks
from certificates.models import StatusFile
from certificates.signing.attesting import base64url
from certificates.validity import Change, Validity
from certificates.verification import daily
from certificates.verification.entries import CODES, line_of
from cqo_portal.jurisdictions.vocabulary import CertificateState as S
from tests.cast import browser
from tests.certificates import rows
from tests.certificates.attested import payload_of

FIRST = date(2026, 6, 18)
LIFE = Validity(FIRST, date(2029, 6, 17), date(2028, 12, 17), date(2029, 3, 17))


def written(at: datetime | None = None) -> StatusFile:
    return daily.write(at=at or timezone.localtime())


def entries(file: StatusFile) -> list[dict]:
    return [json.loads(line) for line in gzip.decompress(file.file.open().read()).splitlines()]


class TestALine:
    def line(self, *changes: Change, day: date) -> dict:
        return json.loads(line_of("CQO-JSHZ-2026-0183-1", LIFE, changes, pdf="ab" * 32, day=day))

    def test_says_state_code_and_days_and_nothing_else(self):
        assert self.line(day=date(2026, 11, 28)) == {
            "number": "CQO-JSHZ-2026-0183-1",
            "state": "valid",
            "code": "01",
            "since": "2026-06-18",
            "last_day": "2029-06-17",
            "pdf": "abababababababababababababababababababababababababababababababab",
        }

    @pytest.mark.parametrize(
        ("state", "code"),
        [("suspended", "02"), ("void", "03"), ("discontinued", "04"), ("superseded", "05")],
    )
    def test_maps_each_state_to_the_code_of_electronic_licences(self, state, code):
        found = self.line(Change(S(state), date(2026, 9, 3)), day=date(2026, 11, 28))
        assert (found["state"], found["code"], found["since"]) == (state, code, "2026-09-03")

    def test_an_expired_one_is_05_from_the_day_after_its_last(self):
        assert self.line(day=date(2029, 6, 17))["state"] == "valid"
        found = self.line(day=date(2029, 6, 18))
        assert (found["state"], found["code"], found["since"]) == ("expired", "05", "2029-06-18")

    def test_every_state_has_a_code(self):
        assert set(CODES) == {each for each in S if each.value != "prepared"}


@pytest.mark.django_db
class TestTheFile:
    def test_names_the_certificate_by_number_and_digest_and_nobody_by_name(self, people):
        _, made = rows.issued(people)
        file = written()
        assert entries(file) == [
            {
                "number": made.number,
                "state": "valid",
                "code": "01",
                "since": made.first_day.isoformat(),
                "last_day": made.last_day.isoformat(),
                "pdf": made.rendering.digest,
            }
        ]
        text = gzip.decompress(file.file.open().read()).decode()
        assert "王雪松" not in text
        assert rows.code_of(made) not in text

    def test_a_number_that_never_came_to_be_a_paper_is_not_in_it(self, people, settings, tmp_path):
        panel, decision = rows.decided(people)
        key, settings.SIGNING_KEY = settings.SIGNING_KEY, tmp_path / "none.pem"
        waiting = rows.ordered(decision, by=panel.staff).orders.get().certificate
        settings.SIGNING_KEY = key
        assert waiting.state == "prepared"
        assert entries(written()) == []

    def test_says_what_an_act_made_of_it(self, people):
        panel, made = rows.issued(people)
        rows.done("suspend", made, on=made.first_day, by=panel.staff)
        assert [(each["state"], each["code"]) for each in entries(written())] == [("suspended", "02")]

    def test_is_signed_by_its_manifest(self, people):
        rows.issued(people)
        at = timezone.localtime()
        file = written(at)
        raw = file.file.open().read()
        assert payload_of(file.manifest) == {
            "kind": "certificate-status",
            "issuer": "http://testserver",
            "day": at.date().isoformat(),
            "made_at": at.isoformat(timespec="seconds"),
            "count": 1,
            "size": len(raw),
            "algorithm": "SHA-256",
            "digest": hashlib.sha256(raw).hexdigest(),
            "format": "JSON lines, gzip",
            "url": f"http://testserver/verify/status/{at.date().isoformat()}.jsonl.gz",
        }
        assert (file.digest, file.size, file.count) == (hashlib.sha256(raw).hexdigest(), len(raw), 1)

    def test_a_manifest_with_other_words_is_not_signed(self, people):
        """The control of the one above."""
        head, _, signature = written().manifest.split(".")
        with pytest.raises(AssertionError, match="signature"):
            payload_of(f"{head}.{base64url(b'{}')}.{signature}")

    def test_the_same_lines_give_the_same_bytes(self):
        lines = [b'{"number":"1"}\n', b'{"number":"2"}\n']
        one, two = io.BytesIO(), io.BytesIO()
        assert daily.compressed(iter(lines), into=one) == daily.compressed(iter(lines), into=two)
        assert one.getvalue() == two.getvalue()

    def test_goes_through_all_of_them_in_steps(self, people, monkeypatch):
        _, made = rows.issued(people)
        monkeypatch.setattr(daily, "AT_ONCE", 1)
        assert [json.loads(line)["number"] for line in daily.lines(made.first_day)] == [made.number]


@pytest.mark.django_db
class TestOnceADay:
    def test_every_tick_of_a_day_leaves_one_file(self, people):
        at = timezone.localtime()
        assert written(at) is not None
        assert written(at) is None
        assert written(at + timedelta(days=1)) is not None
        assert StatusFile.objects.count() == 2

    def test_the_task_makes_up_for_a_tick_that_failed(self, people, settings, tmp_path):
        key, settings.SIGNING_KEY = settings.SIGNING_KEY, tmp_path / "none.pem"
        assert tasks.write_status_file() is False
        settings.SIGNING_KEY = key
        assert tasks.write_status_file() is True
        assert tasks.write_status_file() is False

    def test_nobody_changes_or_removes_one(self, people):
        file = written()
        with pytest.raises(Error, match="Cannot update"), transaction.atomic():
            StatusFile.objects.filter(pk=file.pk)._update([(StatusFile._meta.get_field("count"), None, 5)])
        with pytest.raises(TypeError, match="append-only"):
            file.delete()

    def test_a_second_one_of_a_day_is_refused_by_the_database(self, people):
        file = written()
        file.pk, file._state.adding = None, True
        with pytest.raises(IntegrityError, match="day"), transaction.atomic():
            file.save(force_insert=True)


@pytest.mark.django_db
class TestTheAddresses:
    def test_the_newest_leads_to_its_file(self, people):
        rows.issued(people)
        file = written()
        answer = browser().get("/verify/status/latest.json")
        assert answer.status_code == 200
        assert answer.json() == {
            "day": file.day.isoformat(),
            "url": f"http://testserver/verify/status/{file.day}.jsonl.gz",
            "manifest": file.manifest,
        }
        fetched = browser().get(answer.json()["url"])
        content = b"".join(fetched.streaming_content)
        assert hashlib.sha256(content).hexdigest() == payload_of(file.manifest)["digest"]
        assert fetched.headers["Content-Type"] == "application/gzip"
        assert (
            "Content-Encoding" not in fetched.headers
        )  # else the browser would unpack what is to be checked

    def test_an_earlier_day_stays_where_it_was(self, people):
        early = written(timezone.localtime() - timedelta(days=400))
        written()
        assert browser().get(f"/verify/status/{early.day}.json").json()["manifest"] == early.manifest
        page = browser().get(f"/verify/status/?on={early.day}")
        assert f"/verify/status/{early.day}.jsonl.gz" in page.text

    @pytest.mark.parametrize(
        "path",
        [
            "latest.json",
            "2026-02-30.json",
            "2026-02-28.json",
            "2026-02-28.jsonl.gz",
            "abc.json",
            "../x.jsonl.gz",
        ],
    )
    def test_where_there_is_none_there_is_nothing(self, people, path):
        assert browser().get(f"/verify/status/{path}").status_code == 404

    def test_nothing_of_it_is_listed_and_the_downloads_are_no_pages_of_ours(self, people):
        file = written()
        for path in ("", "latest.json", f"{file.day}.json", f"{file.day}.jsonl.gz"):
            answer = browser().get(f"/verify/status/{path}")
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
            if path:
                assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
                assert answer.headers["Content-Disposition"].startswith("attachment")
        assert browser().get("/verify/status/latest.json").headers["Cache-Control"] == "no-store"

    def test_a_nonsense_day_is_said_beside_its_field(self, people):
        answer = browser().get("/verify/status/?on=2026-02-30")
        assert answer.status_code == 422
        assert 'value="2026-02-30"' in answer.text
        assert "is-invalid" in answer.text

    def test_the_page_explains_before_there_is_any(self, people):
        assert "还没有状态文件" in browser().get("/verify/status/").text
