"""A signed certificate, and what a forger makes of it: each way by its name."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pikepdf
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.signing.keys import NO_PASSWORD, Pair, make_pair
from certificates.signing.pades import certified
from tests.certificates.apart import apart

SIGNED_AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
NAME = "沧州市市场监督管理局评价证书签名"
PAGE = "<html lang=zh><title>证书</title><h1>首席质量官评价证书</h1><p>持证人：{}</p><p>编号：CQO-JSHZ-2026-0183-1</p>"


def pair(name: str = NAME) -> Pair:
    return make_pair(name=name, at=datetime(2026, 1, 1, tzinfo=UTC), years=10)


def certificate_of(holder: str) -> bytes:
    """A real page as we print it, not signed yet."""
    from cqo_portal.printing.typesetting import typeset

    return typeset(PAGE.format(holder), drawn={})


@dataclass(frozen=True)
class World:
    """Our key, a forger's, a certificate before and after it was signed, and one of another person."""

    ours: Pair
    forger: Pair
    plain: bytes
    signed: bytes
    other: bytes

    def by_forger(self, pdf: bytes, *, key: Pair | None = None) -> bytes:
        return certified(pdf, pair=key or self.forger, reason="签发评价证书", at=SIGNED_AT)


def world() -> World:
    ours, plain = pair(), certificate_of("周𬭎之")
    signed = certified(plain, pair=ours, reason="签发评价证书", at=SIGNED_AT)
    other = certified(certificate_of("王雪梅"), pair=ours, reason="签发评价证书", at=SIGNED_AT)
    return World(ours=ours, forger=pair(), plain=plain, signed=signed, other=other)


def hole_of(pdf: bytes) -> tuple[int, int]:
    """Where the last signature lies: from `<` to after `>`."""
    before, after = list(re.finditer(rb"/ByteRange \[\d+ (\d+) (\d+) \d+\]", pdf))[-1].groups()
    return int(before), int(after)


def signature_in(pdf: bytes) -> bytes:
    return pdf[slice(*hole_of(pdf))]


def written(pdf: pikepdf.Pdf, **how) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


# ── The ways ──────────────────────────────────────────────────────────────────────────────────
def _appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def the_page_is_exchanged_by_an_update(w: World) -> bytes:
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
        writer.update_container(page)

    return _appended(w.signed, change)


def a_note_is_laid_over_the_name(w: World) -> bytes:
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        note = {"/Type": "/Annot", "/Subtype": "/Square"}
        made = generic.DictionaryObject({pdf_name(k): pdf_name(v) for k, v in note.items()})
        made[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (50, 700, 300, 760)))
        page["/Annots"].append(writer.add_object(made))
        writer.update_container(page["/Annots"])
        writer.update_container(page)

    return _appended(w.signed, change)


def the_title_is_changed_by_an_update(w: World) -> bytes:
    def change(writer):
        writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("优秀")}))

    return _appended(w.signed, change)


def an_update_is_taken_back_by_another(w: World) -> bytes:
    """The last revision shows what was signed; between the two lies another page."""

    first = PdfFileReader(io.BytesIO(w.signed)).root["/Pages"]["/Kids"][0].raw_get("/Contents")

    def restore(writer):
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page[pdf_name("/Contents")] = generic.IndirectObject(first.idnum, first.generation, writer)
        writer.update_container(page)

    return _appended(the_page_is_exchanged_by_an_update(w), restore)


def the_signature_field_is_emptied_by_an_update(w: World) -> bytes:
    def change(writer):
        del writer.root[pdf_name("/AcroForm")]
        del writer.root[pdf_name("/Perms")]
        writer.update_root()

    return _appended(w.signed, change)


def the_file_is_written_anew_without_signature(w: World) -> bytes:
    pdf = pikepdf.open(io.BytesIO(w.signed))
    del pdf.Root.AcroForm
    del pdf.Root.Perms
    del pdf.pages[0].Annots
    return written(pdf)


def the_file_is_written_anew_with_its_signature(w: World) -> bytes:
    return written(pikepdf.open(io.BytesIO(w.signed)))


def the_old_revision_is_shown(w: World) -> bytes:
    """The file is cut where the printed page ended, before anybody signed it."""
    return w.signed[: len(w.plain)]


def the_old_revision_is_signed_by_the_forger(w: World) -> bytes:
    return w.by_forger(w.signed[: len(w.plain)])


def the_signature_is_replaced_by_one_of_the_same_name(w: World) -> bytes:
    return w.by_forger(certificate_of("李𰻞"))


def the_certificate_is_ours_and_the_key_the_forgers(w: World) -> bytes:
    return w.by_forger(w.plain, key=Pair(w.forger.key, w.ours.certificate))


def the_signature_is_moved_from_another_certificate(w: World) -> bytes:
    """Of the same signer, with a hole of the same size."""
    start, end = hole_of(w.signed)
    taken = signature_in(w.other)[1:-1].ljust(end - start - 2, b"0")[: end - start - 2]
    return w.signed[:start] + b"<" + taken + b">" + w.signed[end:]


class Careless(signers.PdfSigner):
    """Signs also where the document forbids it."""

    def _enforce_certification_constraints(self, reader):
        return None


def _second_signature(pdf: bytes, *, by: Pair) -> bytes:
    key = by.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NO_PASSWORD)
    signer = signers.SimpleSigner(
        asn1_x509.Certificate.load(by.certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(key),
        SimpleCertificateStore(),
    )
    said = signers.PdfSignatureMetadata(
        field_name="Second", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    scribe = Careless(said, signer=signer, new_field_spec=SigFieldSpec("Second"))
    return apart(scribe.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()


def a_second_signature_by_the_forger(w: World) -> bytes:
    return _second_signature(w.signed, by=w.forger)


def a_second_signature_by_the_forger_over_another_page(w: World) -> bytes:
    return _second_signature(the_page_is_exchanged_by_an_update(w), by=w.forger)


def a_second_signature_with_our_certificate(w: World) -> bytes:
    return _second_signature(w.signed, by=Pair(w.forger.key, w.ours.certificate))


def bytes_are_added_at_the_end(w: World) -> bytes:
    return w.signed + b"\n% one more line\n"


def bytes_are_added_at_the_beginning(w: World) -> bytes:
    return b"% one more line\n" + w.signed


def the_hole_is_used_for_something_else(w: World) -> bytes:
    """The signature ends early, and where zeros were stands an entry of the dictionary."""
    _, end = hole_of(w.signed)
    hidden = b"> /Hidden (EVIL) /X <00>"
    return w.signed[: end - len(hidden)] + hidden + w.signed[end:]


def the_padding_of_the_hole_says_something(w: World) -> bytes:
    _, end = hole_of(w.signed)
    return w.signed[: end - 9] + b"CAFECAFE" + w.signed[end - 1 :]


def the_byte_range_leaves_out_the_end(w: World) -> bytes:
    """The range, of the same length in digits, ends early; what follows is the forger's."""
    found = list(re.finditer(rb"/ByteRange \[0 \d+ \d+ (\d+)\]", w.signed))[-1]
    less = b"%0*d" % (len(found[1]), int(found[1]) - 10)
    return w.signed[: found.start(1)] + less + w.signed[found.end(1) :]


def the_byte_range_is_missing(w: World) -> bytes:
    return w.signed.replace(b"/ByteRange [", b"/ByteRanje [")


def the_signature_is_empty(w: World) -> bytes:
    start, end = hole_of(w.signed)
    return w.signed[:start] + b"<" + b"0" * (end - start - 2) + b">" + w.signed[end:]


def it_is_locked_with_a_password(w: World) -> bytes:
    return written(pikepdf.open(io.BytesIO(w.signed)), encryption=pikepdf.Encryption(user="x", owner="y"))


def bytes_of_the_page_are_exchanged(w: World) -> bytes:
    """As many, in the middle of what is drawn."""
    place = w.signed.index(b"stream") + 40
    return w.signed[:place] + bytes(255 - b for b in w.signed[place : place + 8]) + w.signed[place + 8 :]


FORGERIES: dict[Callable[[World], bytes], str] = {
    the_page_is_exchanged_by_an_update: "altered",
    a_note_is_laid_over_the_name: "altered",
    the_title_is_changed_by_an_update: "altered",
    an_update_is_taken_back_by_another: "altered",
    the_signature_field_is_emptied_by_an_update: "unsigned",
    the_file_is_written_anew_without_signature: "unsigned",
    the_file_is_written_anew_with_its_signature: "altered",
    the_old_revision_is_shown: "unsigned",
    the_old_revision_is_signed_by_the_forger: "foreign",
    the_signature_is_replaced_by_one_of_the_same_name: "foreign",
    the_certificate_is_ours_and_the_key_the_forgers: "broken",
    the_signature_is_moved_from_another_certificate: "altered",
    a_second_signature_by_the_forger: "altered",
    a_second_signature_by_the_forger_over_another_page: "altered",
    a_second_signature_with_our_certificate: "altered",
    bytes_are_added_at_the_end: "altered",
    bytes_are_added_at_the_beginning: "altered",
    the_hole_is_used_for_something_else: "altered",
    the_padding_of_the_hole_says_something: "altered",
    the_byte_range_leaves_out_the_end: "altered",
    the_byte_range_is_missing: "broken",
    the_signature_is_empty: "broken",
    it_is_locked_with_a_password: "encrypted",
    bytes_of_the_page_are_exchanged: "altered",
}
