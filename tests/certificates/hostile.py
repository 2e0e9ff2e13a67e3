"""Files made to hurt whoever reads them."""

import zlib


def bomb() -> bytes:
    """A table of contents that unpacks to 1 GB."""
    packer = zlib.compressobj(1)
    block = bytes(1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(1024)) + packer.flush()
    head = b"%PDF-1.7\n"
    about = b"/Type /XRef /Size 9 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length %d" % len(packed)
    body = b"9 0 obj\n<< " + about + b" >>\nstream\n" + packed + b"\nendstream\nendobj\n"
    return head + body + b"startxref\n%d\n%%%%EOF\n" % len(head)


def nested() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\nstartxref\n9\n%%EOF\n"


def a_ring() -> bytes:
    """Tables that name each other as the one before."""
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\n"
    return b"%PDF-1.7\n" + table + b"startxref\n9\n%%EOF\n"


def a_long_chain() -> bytes:
    """A quarter of a million tables, each naming the one before: 20 MB, and minutes of reading."""
    head, table = (
        b"%PDF-1.7\n",
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev %08d >>\n",
    )
    length = len(table % 0)
    tables = [table % (len(head) + length * max(0, n - 1)) for n in range(250_000)]
    return head + b"".join(tables) + b"startxref\n%d\n%%%%EOF\n" % (len(head) + length * (len(tables) - 1))


def numbered(*objects: bytes) -> bytes:
    """A plain PDF of these objects; the first one is its root."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, table, end)


ROOT = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] /SigFlags 3 >> >>"
NO_PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"


def a_number_of_two_million_digits() -> bytes:
    signature = b"<< /Type /Sig /Filter /Adobe.PPKLite /Contents <00> /ByteRange [0 1 2 %s] >>" % (
        b"9" * 2_000_000
    )
    return numbered(ROOT, NO_PAGES, b"<< /FT /Sig /T (S) /V 4 0 R >>", signature)


def kids_that_are_twice_the_same() -> bytes:
    """Thirty generations of fields, two kilobytes: a thousand million at the last."""
    fields = [b"<< /T (a) /Kids [%d 0 R %d 0 R] >>" % (n, n) for n in range(4, 34)]
    return numbered(ROOT, NO_PAGES, *fields, b"<< /FT /Sig /T (z) >>")


def a_table_of_many_objects(megabytes: int) -> bytes:
    """Seven zeros for each object, packed a thousand to one: what a reader makes of them is a hundred times as large."""
    packer = zlib.compressobj(9)
    line = b"\x01\x00\x00\x00\x09\x00\x00"
    block = line * ((1 << 20) // len(line))
    packed = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    size = len(block) // len(line) * megabytes
    about = b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length %d" % (
        size,
        len(packed),
    )
    body = b"9 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\n" % (about, packed)
    return b"%PDF-1.7\n" + body + b"startxref\n9\n%%EOF\n"
