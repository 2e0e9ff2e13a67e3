"""Where an identity number or a telephone number may appear: on the page that asked why first, and nowhere else.

Every page × every role × every state is read by `tests.test_permissions`, and searched; here is what leaves by other ways.
"""

import io

import pikepdf
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.tasks import sweep
from cqo_portal.parties.models import Person
from registry import services
from tests.cast import IDENTITY, browser
from tests.leaks import CANARIES, PHONE, found_in, found_in_page
from tests.routes import states_of, twelve

ADDRESS = "clerk-canary@example.com"


@pytest.mark.django_db
def test_nothing_that_is_sent_or_written_down_holds_a_number(people, caplog):
    """All the life of a filing, with the letters it makes. (What pages show is searched by `tests.test_permissions`.)"""
    for user in filter(None, twelve(people).values()):
        type(user).objects.filter(pk=user.pk).update(email=ADDRESS)
    for _, filing in states_of(people):
        assert browser(people.meng).get(filing.get_absolute_url()).status_code in (200, 404)
    sweep()
    assert found_in(caplog.text.encode()) == []
    everything_said(people)


def everything_said(people) -> None:
    """What left by other ways, or lies where more people look than at a filing."""
    letters = "".join(f"{letter.subject}{letter.body}{letter.message()}" for letter in mail.outbox)
    rows = "".join(str(row) for model in (Message, Event) for row in model.objects.values_list())
    assert "泊头恒通" in rows  # control
    assert mail.outbox
    for canary in CANARIES:
        assert canary not in letters
        assert canary not in rows


@pytest.mark.django_db
def test_the_search_would_see_a_leak(people, monkeypatch):
    """The control: a mask that masks nothing is found."""
    from registry import content

    filing = people.filing(until="at_county")
    monkeypatch.setattr(content, "SEALED", dict.fromkeys(content.SEALED, str))
    shown = browser(people.wang).get(filing.get_absolute_url())
    assert IDENTITY in found_in_page(shown, "wang", "registry:filing")


@pytest.mark.django_db
class TestTheRevealedNumber:
    @pytest.mark.parametrize(
        ("key", "value"), [("officer.identity_number", IDENTITY), ("officer.phone", PHONE)]
    )
    def test_it_is_shown_after_a_reason_and_written_down(self, people, key, value):
        filing = people.filing(until="at_county")
        path = reverse("registry:reveal", args=[filing.pk, key])
        asked = browser(people.wang).get(path)
        assert found_in(asked.content) == []
        assert not Event.objects.looks().exists()
        shown = browser(people.wang).post(path, {"why": "与材料原件核对"})
        assert value in shown.content.decode()
        assert "no-store" in shown.headers["Cache-Control"]
        look = Event.objects.looks().get()
        assert (look.actor_name, look.note, look.data) == (
            "wang",
            "与材料原件核对",
            {"what": key, "at": "130981"},
        )
        assert (look.subject_type, look.subject_id) == ("registry.filing", str(filing.pk))
        assert found_in(f"{look.note}{look.data}{look.subject}".encode()) == []

    @pytest.mark.parametrize("why", ["", " ", "x", "\0\0\0", "\u200b\u200b\u200b", "x" * 201])
    def test_without_a_reason_it_stays_hidden_and_nothing_is_written(self, people, why):
        filing = people.filing(until="at_county")
        answer = browser(people.wang).post(
            reverse("registry:reveal", args=[filing.pk, "officer.phone"]), {"why": why}
        )
        assert answer.status_code == 422
        assert found_in(answer.content) == []
        assert not Event.objects.looks().exists()

    @pytest.mark.parametrize(
        "key", ["officer.name", "draft", "officer.identity_number ", "officer", "__class__", "\0"]
    )
    def test_only_what_is_masked_can_be_asked_for(self, people, key):
        filing = people.filing(until="at_county")
        assert (
            browser(people.wang).post(f"/filings/{filing.pk}/reveal/{key}/", {"why": "核对"}).status_code
            == 404
        )

    def test_the_dossier_shows_the_number_after_a_reason_and_the_look(self, people):
        filing = people.filing(until="filed")
        dossier = reverse("desk:dossier", args=[filing.officer.pk])
        path = reverse("desk:reveal-identity", args=[filing.officer.pk])
        assert found_in(browser(people.hao).get(path).content) == []
        assert found_in(browser(people.hao).post(path, {"why": ""}).content) == []
        assert IDENTITY in browser(people.hao).post(path, {"why": "信访核查"}).content.decode()
        page = browser(people.wang).get(dossier).content
        assert "信访核查" in page.decode()
        assert found_in(page) == []

    def test_when_the_look_cannot_be_written_the_number_is_not_shown(self, people, monkeypatch):
        filing = people.filing(until="at_county")
        monkeypatch.setattr("registry.services.look", lambda *a, **k: 1 / 0)
        answer = browser(people.wang).post(
            reverse("registry:reveal", args=[filing.pk, "officer.phone"]), {"why": "核对"}
        )
        assert answer.status_code == 500
        assert found_in(answer.content) == []


@pytest.mark.django_db
class TestByOtherWays:
    def test_a_number_is_in_no_address_and_no_search(self, people):
        filing = people.filing(until="filed")
        for text in (IDENTITY, IDENTITY[-4:], PHONE, PHONE[-4:]):
            for path in ("/filings/?turn=all&q=", "/desk/register/?q="):
                page = browser(people.meng).get(path + text).content.decode()
                assert filing.name not in page.split("<main")[1], text
        assert people.hengtong.name in browser(people.meng).get("/filings/?turn=all&q=恒通").content.decode()

    def test_a_search_column_holds_no_number(self, people):
        filing = people.filing(until="filed")
        for row in (filing, filing.officer, filing.officer.person, filing.organisation):
            assert found_in(f"{row.haystack}{row.search}{row.pinyin}{row}".encode()) == []

    def test_the_error_page_tells_nothing(self, people, monkeypatch):
        filing = people.filing(until="at_county")
        monkeypatch.setattr("registry.content.read", lambda *a, **k: {}[IDENTITY])
        answer = browser(people.wang).get(filing.get_absolute_url())
        assert answer.status_code == 500
        assert found_in(answer.content) == []
        assert b"Traceback" not in answer.content and b"KeyError" not in answer.content

    def test_what_an_object_says_of_itself_is_masked(self, people):
        people.filing(until="filed")
        person = Person.objects.get()
        assert (
            found_in(f"{person} {person!r} {person.masked_identity} {vars(Person.objects.get())}".encode())
            == []
        )

    def test_an_author_hidden_in_a_paper_is_gone(self, people):
        """The sender's machine writes names into a file that nobody there knows of."""
        made = pikepdf.new()
        made.add_blank_page()
        made.docinfo["/Author"] = IDENTITY
        with made.open_metadata() as about:
            about["dc:creator"] = [IDENTITY]
        out = io.BytesIO()
        made.save(out)
        assert IDENTITY.encode() in out.getvalue()
        filing = people.filing(papers=())
        upload = SimpleUploadedFile("x.pdf", out.getvalue(), "application/pdf")
        paper = services.attach_proof(filing, upload, kind="other", by=people.liu)
        assert found_in(paper.file.open("rb").read()) == []
