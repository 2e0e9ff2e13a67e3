"""Sheets as strangers send them: plain, armed, and claiming to be what they are not."""

import io
import struct
import zlib

import pikepdf
from PIL import Image

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
