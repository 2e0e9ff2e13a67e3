"""Papers under attack: what is stored was made by us, and it reaches only those who may see it."""

import hashlib
import io
import struct
import zlib
from datetime import timedelta
from uuid import uuid4

import pikepdf
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cqo_portal.workflow.engine import perform
from registry import proofs, services
from registry.models import Proof
from registry.proofs import NotAccepted, remake
from registry.workflow import RETURN, SUBMIT
from tests.cast import TODAY, bare, browser, picture

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARKS = (
    b"/JavaScript",
    b"/JS",
    b"/OpenAction",
    b"/AcroForm",
    b"/EmbeddedFile",
    b"/Launch",
    b"/AA",
    b"EVIL",
    b"/URI",
)


def pdf(pages: int = 1, *, width: int = 200) -> pikepdf.Pdf:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(width, 200))
    return made


def written(made: pikepdf.Pdf, **how) -> bytes:
    out = io.BytesIO()
    made.save(out, **how)
    return out.getvalue()


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('EVIL')"))


def armed_pdf() -> bytes:
    """Everything a PDF may carry besides paper, in each place it may hang on."""
    made = pdf()
    made.attachments["EVIL.exe"] = b"EVIL"
    attached = made.make_stream(b"EVIL", Type=pikepdf.Name.EmbeddedFile)
    spec = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=pikepdf.String("EVIL.exe"), EF=pikepdf.Dictionary(F=attached)
    )
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 200, 200],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("EVIL.exe")),
    )
    drawn = made.make_stream(
        b"0 0 m", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9],
        AF=pikepdf.Array([spec]), PieceInfo=pikepdf.Dictionary(Evil=made.make_stream(b"EVIL")),
    )  # fmt: skip
    page = made.pages[0].obj
    page.Annots, page.AA, page.AF = (
        pikepdf.Array([link]),
        pikepdf.Dictionary(O=script()),
        pikepdf.Array([spec]),
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawn))
    page.Thumb = made.make_stream(b"EVIL")
    made.Root.OpenAction, made.Root.AA = script(), pikepdf.Dictionary(WC=script())
    made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]), XFA=made.make_stream(b"EVIL"))
    made.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), script()]))
    return written(made)


def all_of(raw: bytes) -> bytes:
    """A PDF with every stream laid open, so that a search finds what is inside."""
    with pikepdf.open(io.BytesIO(raw)) as made:
        return written(
            made,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )


def png(width: int, height: int) -> bytes:
    """A picture of any claimed size whose pixels compress to almost nothing."""
    rows = zlib.compress(b"\0" * 1000, 9)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "EVIL"
    Image.new("RGB", (40, 40)).save(out, format="JPEG", exif=exif, comment=b"EVIL")
    return out.getvalue()


class TestWhatIsMadeAnew:
    def test_an_armed_pdf_comes_out_as_paper_alone(self):
        armed = armed_pdf()
        assert [mark for mark in MARKS if mark not in all_of(armed)] == [b"/URI"]  # control: it was armed
        made = remake(armed)
        assert (made.media_type, made.pages) == ("application/pdf", 1)
        assert [mark for mark in MARKS if mark in all_of(made.content)] == []

    def test_what_is_drawn_stays(self):
        source = pdf()
        source.pages[0].Contents = source.make_stream(b"1 0 0 rg 0 0 100 100 re f")
        with pikepdf.open(io.BytesIO(remake(written(source)).content)) as made:
            assert made.pages[0].Contents.read_bytes() == b"1 0 0 rg 0 0 100 100 re f"
            assert [float(n) for n in made.pages[0].mediabox] == [0, 0, 200, 200]

    def test_the_same_paper_is_made_into_the_same_bytes(self):
        source = written(pdf())
        assert remake(source).digest == remake(source).digest

    def test_a_second_file_behind_the_first_is_left_behind(self):
        for raw in (written(pdf()) + EICAR + b"<script>EVIL</script>", jpeg() + b"PK\x03\x04EVIL" + EICAR):
            made = remake(raw).content
            assert EICAR not in made
            assert b"EVIL" not in made

    def test_words_hidden_in_a_photo_are_left_behind(self):
        assert b"EVIL" in jpeg()
        assert b"EVIL" not in remake(jpeg()).content

    @pytest.mark.parametrize(
        ("raw", "said"),
        ids=range(14),
        argvalues=[
            (b"", "空的"),
            (b"%PDF-1.7\n<html><script>alert(1)</script>", "已损坏"),
            (b"<html>%PDF-1.7", "不是 PDF"),
            (b"\n%PDF-1.7", "不是 PDF"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不是 PDF"),
            (b"PK\x03\x04[Content_Types].xml word/vbaProject.bin", "不是 PDF"),
            (b"GIF89a" + b"\0" * 50, "不是 PDF"),
            (b"MZ\x90\0", "不是 PDF"),
            (EICAR, "不是 PDF"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "已损坏"),
            (b"\xff\xd8\xff\xe0" + b"\0" * 40, "已损坏"),
            (png(50_000, 50_000), "像素过多"),
            (png(2_000_000_000, 2), "像素过多"),
            (png(0, 0), "已损坏"),
        ],
    )
    def test_what_is_no_paper_is_refused_with_a_sentence(self, raw, said):
        with pytest.raises(NotAccepted, match=said):
            remake(raw)

    def test_a_pdf_with_a_password_is_refused(self):
        locked = written(pdf(), encryption=pikepdf.Encryption(owner="o", user="u"))
        with pytest.raises(NotAccepted, match="密码"):
            remake(locked)

    def test_a_pdf_of_ten_thousand_pages_is_refused(self):
        with pytest.raises(NotAccepted, match="10000 页"):
            remake(written(pdf(10_000)))

    def test_a_pdf_without_pages_is_refused(self):
        with pytest.raises(NotAccepted, match="0 页"):
            remake(written(pikepdf.new()))

    def test_more_than_the_limit_is_refused_before_it_is_read(self):
        with pytest.raises(NotAccepted, match="20 MB"):
            proofs.refuse_by_size(settings.PROOF_MAX_BYTES + 1)
        proofs.refuse_by_size(settings.PROOF_MAX_BYTES)

    def test_a_page_that_unpacks_to_gigabytes_ends_in_the_fence(self, tmp_path):
        """A stream of one gigabyte of blanks in a megabyte: rendered or refused, never beyond memory or time."""
        source = pdf()
        blanks = zlib.compressobj(9)
        packed = b"".join(blanks.compress(b" " * 2**24) for _ in range(64)) + blanks.flush()
        source.pages[0].Contents = pikepdf.Stream(source, packed, Filter=pikepdf.Name.FlateDecode)
        raw = written(source, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        try:
            made = remake(raw)
        except NotAccepted:
            return
        assert len(made.content) < 10 * len(raw)


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
        left = list((settings.DATA_DIR / "pages").glob(f"{paper.pk}*"))
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
