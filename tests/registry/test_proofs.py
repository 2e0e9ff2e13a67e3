"""Papers at the door of the register: they reach only those who may see them."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cqo_portal.workflow.engine import perform
from registry import services
from registry.models import Proof
from registry.workflow import RETURN, SUBMIT
from tests.cast import TODAY, bare, browser, picture
from tests.papers.sheets import jpeg, pdf, written


@pytest.mark.django_db
class TestAtTheDoor:
    @pytest.fixture
    def filing(self, people):
        return people.filing(papers=())

    def attach(self, who, filing, *, name="证书.png", raw=None, kind="training"):
        sheet = SimpleUploadedFile(name, picture().read() if raw is None else raw, "image/png")
        return browser(who).post(
            reverse("registry:proof-attach", args=[filing.pk]), {"kind": kind, "file": sheet}
        )

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd.png", "passwd.png"),
            ("..\\..\\windows\\证书.pdf", "证书.png"),
            ("a\0b.png", "ab.png"),
            ("证书\u202egnp.exe", "证书gnp.png"),
            ("\u200b.png", "材料.png"),
            ("x" * 300 + ".png", "x" * 150 + ".png"),
            ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
            ('"; filename="x.html', '"; filename="x.png'),
            ("证书.php.png", "证书.php.png"),
        ],
    )
    def test_a_name_never_leaves_its_place(self, people, filing, sent, kept):
        upload = SimpleUploadedFile("x.png", picture().read(), "image/png")
        upload._name = sent  # past Django's own cleaning: ours must hold alone
        paper = services.attach_proof(filing, upload, kind="other", by=people.liu)
        assert paper.name == kept
        assert paper.file.name == f"proofs/{paper.uploaded_at + timedelta(hours=8):%Y/%m}/{paper.pk}.png"
        head = (
            browser(people.liu).get(reverse("registry:proof", args=[paper.pk])).headers["Content-Disposition"]
        )
        assert "\r" not in head and "\n" not in head
        assert head.startswith("attachment")

    def test_stored_bytes_are_ours_and_leave_as_a_download_in_a_sandbox(self, people, filing):
        raw = jpeg()
        self.attach(people.liu, filing, name="x.html", raw=raw)
        paper = Proof.objects.get()
        answer = browser(people.liu).get(reverse("registry:proof", args=[paper.pk]))
        body = b"".join(answer.streaming_content)
        assert body != raw
        assert hashlib.sha256(body).hexdigest() == paper.digest
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-store" in answer.headers["Cache-Control"]

    def test_the_file_lies_outside_the_web_root_and_is_ours_alone(self, people, filing):
        self.attach(people.liu, filing)
        stored = Proof.objects.get().file.path
        assert stored.startswith(str(settings.DATA_DIR))
        assert not stored.startswith(str(settings.STATIC_ROOT))
        assert Proof.objects.get().file.storage.size(Proof.objects.get().file.name) > 0

    def test_the_same_paper_twice_is_refused_and_named(self, people, filing):
        self.attach(people.liu, filing)
        answer = self.attach(people.liu, filing, name="别名.png")
        assert Proof.objects.count() == 1
        page = browser(people.liu).get(answer.headers["Location"]).content.decode()
        assert answer.status_code == 302
        assert page

    @pytest.mark.parametrize(("who", "status"), [("dan", 404), ("wang", 404), ("meng", 404)])
    def test_nobody_hangs_a_paper_on_a_draft_of_others(self, people, filing, who, status):
        assert self.attach(getattr(people, who), filing).status_code == status
        assert Proof.objects.count() == 0

    def test_an_office_adds_no_paper_to_a_case(self, people):
        filing = people.filing(until="at_county")
        assert self.attach(people.wang, filing).status_code == 403
        with pytest.raises(PermissionDenied):
            services.attach_proof(filing, picture(), kind="title", by=people.wang)

    @pytest.mark.parametrize("kind", ["", "evil", "training'--", "\0"])
    def test_an_unknown_kind_is_refused(self, people, filing, kind):
        assert self.attach(people.liu, filing, kind=kind).status_code == 302
        assert Proof.objects.count() == 0

    def test_a_form_without_a_file_is_answered(self, people, filing):
        path = reverse("registry:proof-attach", args=[filing.pk])
        assert browser(people.liu).post(path, {"kind": "training"}).status_code == 302
        assert (
            browser(people.liu).post(path, {"kind": "training"}, headers={"HX-Request": "true"}).status_code
            == 200
        )

    def test_papers_of_a_submitted_filing_stay(self, people):
        filing = people.filing(until="at_county")
        paper = filing.proofs.get()
        answer = browser(people.liu).post(reverse("registry:proof-remove", args=[paper.pk]))
        assert answer.status_code == 302
        assert Proof.objects.current().count() == 1

    def test_an_office_sees_a_paper_only_after_it_was_handed_in(self, people):
        filing = people.filing(until="at_county")
        services.pin(filing, key="proof.title", reason="请补", cites="", by=people.wang)
        filing = perform(RETURN, filing, by=people.wang, today=TODAY)
        added = services.attach_proof(filing, picture(shade=9), kind="title", by=people.liu)
        handed_in = filing.proofs.get(kind="training")
        for paper, status in ((added, 404), (handed_in, 200)):
            assert browser(people.wang).get(reverse("registry:proof", args=[paper.pk])).status_code == status
            assert browser(people.liu).get(reverse("registry:proof", args=[paper.pk])).status_code == 200
        services.remove_proof(added, by=people.liu)
        services.attach_proof(filing, picture(shade=8), kind="title", by=people.liu)
        perform(SUBMIT, filing, by=people.liu, today=TODAY)
        assert browser(people.wang).get(reverse("registry:proof", args=[added.pk])).status_code == 404

    @pytest.mark.parametrize("number", ["0", "2", "999", "9" * 30, "-1", "1.5", "x", "9" * 5000])
    def test_a_page_that_does_not_exist_is_not_found(self, people, filing, number):
        self.attach(people.liu, filing)
        paper = Proof.objects.get()
        assert browser(people.liu).get(f"/filings/proofs/{paper.pk}/pages/{number}.png").status_code == 404

    def test_pages_of_a_pdf_are_pictures(self, people, filing):
        self.attach(people.liu, filing, name="x.pdf", raw=written(pdf(2)))
        paper = Proof.objects.get()
        assert paper.pages == 2
        for number in (1, 2):
            answer = browser(people.liu).get(reverse("registry:proof-page", args=[paper.pk, number]))
            assert answer.status_code == 200
            assert answer.content.startswith(b"\x89PNG")
        left = list((settings.DATA_DIR / "pages" / "registry.proof").glob(f"{paper.pk}*"))
        assert sorted(p.name for p in left) == [f"{paper.pk}-1.png", f"{paper.pk}-2.png"]

    def test_a_paper_whose_file_is_gone_is_no_failure(self, people, filing):
        self.attach(people.liu, filing)
        paper = Proof.objects.get()
        paper.file.storage.delete(paper.file.name)
        for name, args in (("proof", [paper.pk]), ("proof-page", [paper.pk, 1])):
            assert browser(people.liu).get(reverse(f"registry:{name}", args=args)).status_code == 404

    def test_a_paper_that_never_was_looks_like_one_of_others(self, people):
        paper = people.filing(until="at_county").proofs.get()
        stranger = browser(people.dan)
        theirs = stranger.get(reverse("registry:proof", args=[paper.pk]))
        none = stranger.get(reverse("registry:proof", args=[uuid4()]))
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert bare(theirs) == bare(none)
