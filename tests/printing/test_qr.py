"""A QR code: what is drawn reads back as what was said, in every size a certificate may need."""

import re

import pytest

from cqo_portal.printing.qr import QUIET, path_of, svg_of
from tests.printing.scanning import text_of

ADDRESSES = [
    "https://cqo.example.cn/c/Zk3vXq0uTtS9dKx2mBf1Yw",
    "http://[::1]:8000/s/eyJ0aGUgY29kZSI6MX0:1tQ4zK:" + "aB3-_x" * 12,
    "https://质量.example.cn/核验/" + "周𬭎之" * 9,
]


def modules(path: str, size: int) -> list[list[bool]]:
    rows = [[False] * size for _ in range(size)]
    for x, y, length in re.findall(r"M(\d+),(\d+)h(\d+)v1h-\3z", path):
        rows[int(y)][int(x) : int(x) + int(length)] = [True] * int(length)
    return rows


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_reads_back(address):
    assert text_of(modules(*path_of(address, border=0))) == address


def test_one_module_more_reads_otherwise():
    """The control: nothing is corrected on the way."""
    rows = modules(*path_of(ADDRESSES[0], border=0))
    rows[-1][-8] ^= True
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        assert text_of(rows) == ADDRESSES[0]


def test_the_ground_around_it_is_light():
    path, size = path_of("x", border=QUIET)
    rows = modules(path, size)
    assert size == 21 + 2 * 4
    assert not any(any(row) for row in rows[:4] + rows[-4:])
    assert not any(any(row[:4] + row[-4:]) for row in rows)
    assert all(row[4] for row in rows[4:11])  # the control: there the finder begins


def test_a_drawing_is_the_same_for_ever_and_each_code_has_its_own():
    assert svg_of("x", ink="#17191c") == svg_of("x", ink="#17191c") != svg_of("y", ink="#17191c")
