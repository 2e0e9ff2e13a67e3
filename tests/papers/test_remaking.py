"""Papers under attack: what is stored was made by us, whatever was sent."""

import io
import zlib

import pikepdf
import pytest
from django.conf import settings

from cqo_portal.papers.accepting import NotAccepted, refuse_by_size, remake
from tests.papers.sheets import EICAR, MARKS, all_of, armed_pdf, jpeg, pdf, png, written


def test_an_armed_pdf_comes_out_as_paper_alone():
    armed = armed_pdf()
    assert [mark for mark in MARKS if mark not in all_of(armed)] == [b"/URI"]  # control: it was armed
    made = remake(armed)
    assert (made.media_type, made.pages) == ("application/pdf", 1)
    assert [mark for mark in MARKS if mark in all_of(made.content)] == []


def test_what_is_drawn_stays():
    source = pdf()
    source.pages[0].Contents = source.make_stream(b"1 0 0 rg 0 0 100 100 re f")
    with pikepdf.open(io.BytesIO(remake(written(source)).content)) as made:
        assert made.pages[0].Contents.read_bytes() == b"1 0 0 rg 0 0 100 100 re f"
        assert [float(n) for n in made.pages[0].mediabox] == [0, 0, 200, 200]


def test_the_same_paper_is_made_into_the_same_bytes():
    source = written(pdf())
    assert remake(source).digest == remake(source).digest


def test_a_second_file_behind_the_first_is_left_behind():
    for raw in (written(pdf()) + EICAR + b"<script>EVIL</script>", jpeg() + b"PK\x03\x04EVIL" + EICAR):
        made = remake(raw).content
        assert EICAR not in made
        assert b"EVIL" not in made


def test_words_hidden_in_a_photo_are_left_behind():
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
def test_what_is_no_paper_is_refused_with_a_sentence(raw, said):
    with pytest.raises(NotAccepted, match=said):
        remake(raw)


def test_a_pdf_with_a_password_is_refused():
    locked = written(pdf(), encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(NotAccepted, match="密码"):
        remake(locked)


def test_a_pdf_of_ten_thousand_pages_is_refused():
    with pytest.raises(NotAccepted, match="10000 页"):
        remake(written(pdf(10_000)))


def test_a_pdf_without_pages_is_refused():
    with pytest.raises(NotAccepted, match="0 页"):
        remake(written(pikepdf.new()))


def test_more_than_the_limit_is_refused_before_it_is_read():
    with pytest.raises(NotAccepted, match="20 MB"):
        refuse_by_size(settings.PAPER_MAX_BYTES + 1)
    refuse_by_size(settings.PAPER_MAX_BYTES)


def test_a_page_that_unpacks_to_gigabytes_ends_in_the_fence(tmp_path):
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
