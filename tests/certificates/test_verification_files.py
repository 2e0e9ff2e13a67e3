"""Verification by the file: our very bytes, and every sort of file that is none of ours."""

import hashlib
import random

import pytest
from django.core.cache import caches

from certificates.verification.forms import LONGEST_FILE
from certificates.verification.lookup import found_by_digest
from tests.certificates import rows
from tests.certificates.asking import box, by_file, text_of


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    caches["default"].clear()


@pytest.fixture
def content(people) -> bytes:
    _, made = rows.issued(people)
    return bytes(made.rendering.content)


def test_a_file_is_told_apart_from_every_other(content, w):
    """`w`: another deployment with a key of its own, that signed a paper like ours."""
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    found = {
        "ours": box(by_file(content))[0],
        "one bit": box(by_file(bytes(flipped)))[0],
        "something after it": box(by_file(content + b"\n"))[0],
        "half": box(by_file(content[: len(content) // 2]))[0],
        "another's": box(by_file(w.by_forger(w.plain)))[0],
        "unsigned": box(by_file(w.plain))[0],
        "no pdf": box(by_file(b"MZ\x90\x00" * 100))[0],
        "a page": box(by_file(b"<!doctype html><title>%PDF-1.7</title>"))[0],
    }
    assert found == {
        "ours": "有效",
        "one bit": "被改动过",
        "something after it": "被改动过",
        "half": found["half"],
        "another's": "不是本平台签发",
        "unsigned": "不是原件",
        "no pdf": "读不出来",
        "a page": "读不出来",
    }
    assert found["half"] in ("被改动过", "读不出来")


def test_of_two_thousand_flipped_bits_none_is_taken_for_the_paper_on_record(content):
    """Asked of the ledger, as the page asks first. The control: the paper itself is found, before and after."""

    def on_record(file: bytes) -> bool:
        return found_by_digest(hashlib.sha256(file).hexdigest()) is not None

    assert on_record(content)
    file = bytearray(content)
    for bit in random.Random(20261130).sample(range(len(content) * 8), 2_000):
        file[bit // 8] ^= 1 << bit % 8
        assert not on_record(bytes(file)), bit
        file[bit // 8] ^= 1 << bit % 8
    assert on_record(bytes(file))


def test_an_empty_one_and_one_too_large_are_said_beside_the_field(people):
    for content, said in (
        (b"", "这个文件是空的，请检查后再选。"),
        (b"%PDF" + b"0" * LONGEST_FILE, "这个文件太大"),
    ):
        answer = by_file(content)
        assert answer.status_code == 422
        assert said in text_of(answer)


def test_none_at_all_is_asked_for(people, client):
    answer = client.post("/verify/file/")
    assert answer.status_code == 422
    assert client.post("/verify/file/answer.json").json()["errors"].keys() == {"file"}


def test_machines_are_told_the_same(content):
    assert by_file(content, path="/verify/file/answer.json").json()["state"] == "valid"
    answer = by_file(b"no pdf", path="/verify/file/answer.json")
    assert answer.status_code == 404
    assert answer.json() == {
        "state": "file_not_on_record",
        "word": "读不出来",
        "sentence": "这不是 PDF，或者文件已经损坏，读不出内容。",
    }


def test_sixty_an_hour_and_ours_are_never_counted(content):
    statuses = [by_file(b"no pdf").status_code for _ in range(61)]
    assert statuses == [404] * 60 + [429]
    assert by_file(content).status_code == 200


def test_its_name_never_reaches_the_page(people):
    assert "onerror" not in by_file(b"no pdf", name='"><img src=x onerror=alert(1)>.pdf').text
