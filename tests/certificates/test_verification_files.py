"""Verification by the file: our very bytes, and every sort of file that is none of ours."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection

from certificates.signing import examining
from certificates.signing.judging import Verdict
from certificates.verification import limits, views
from certificates.verification.files import SAID
from certificates.verification.forms import LONGEST_FILE
from certificates.verification.lookup import found_by_digest
from tests.certificates import forging, rows
from tests.certificates.asking import box, by_file, text_of
from tests.certificates.hostile import kids_that_are_twice_the_same


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


@pytest.mark.parametrize(
    ("make", "word", "sentence"),
    [
        (
            forging.it_is_locked_with_a_password,
            "加了密",
            "加密的 PDF 不能核验。本平台签发的电子证书不加密，请选评价机构发给持证人的那一份。",
        ),
        (
            forging.the_signature_is_empty,
            "签名不能确认",
            "文件里的签名已损坏或者认不出，不能确认是谁签的，也不能确认签名以后有没有改动。",
        ),
        (
            lambda w: kids_that_are_twice_the_same(),
            "没有核验完",
            "这份文件太复杂，没有核验到底；本平台签发的文件没有这样的。",
        ),
        (lambda w: w.by_forger(w.plain), "不是本平台签发", "文件带有别人的签名，不是本平台签发的证书。"),
    ],
    ids=["locked", "broken", "endless", "foreign"],
)
def test_each_sort_has_a_sentence_of_its_own_for_people_and_machines(people, w, make, word, sentence):
    file = make(w)
    page, machine = by_file(file), by_file(file, path="/verify/file/answer.json")
    assert (page.status_code, machine.status_code) == (404, 404)
    assert box(page) == (word, sentence)
    assert machine.json() == {"state": "file_not_on_record", "word": word, "sentence": sentence}


def test_ten_bytes_before_ours_are_said_to_be_a_change(content):
    assert box(by_file(b"0123456789" + content))[0] == "被改动过"


def test_every_verdict_has_a_sentence():
    assert set(SAID) == set(Verdict)
    assert len({said.sentence for said in SAID.values()}) == len(Verdict)


@pytest.fixture
def elsewhere():
    """Another process of the web: takes a place and keeps it. Gives what ends that process."""
    others = []

    def take(place: UUID) -> Callable[[], None]:
        other = connection.copy()
        others.append(other)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [place.int % 2**63])
        return other.close

    yield take
    for other in others:
        other.close()


def test_two_are_examined_at_once_and_a_third_is_told_at_once_to_come_again(content, elsewhere, monkeypatch):
    one, other = limits.PLACES
    elsewhere(one)
    assert by_file(b"no pdf").status_code == 404  # the control: there is another place
    elsewhere(other)
    monkeypatch.setattr(views, "said_of", lambda raw: pytest.fail("examined all the same"))
    page, machine = by_file(b"no pdf"), by_file(b"no pdf", path="/verify/file/answer.json")
    sentence = (
        "正在核验别人的文件，这一份还没有核验，也没有计入次数。请过一会儿再选这份文件，或者扫证书上的二维码。"
    )
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert box(page) == ("暂时不能查询", sentence)
    assert (machine.status_code, machine.headers["Retry-After"]) == (503, "5")
    assert machine.json() == {"state": "busy", "sentence": sentence}
    assert by_file(content).status_code == 200  # ours needs no place


def test_who_found_no_place_is_not_counted(people, elsewhere, monkeypatch):
    monkeypatch.setattr(limits, "LIMITS", {"file": "1/h/ip"})
    leave = [elsewhere(place) for place in limits.PLACES]
    assert [by_file(b"no pdf").status_code for _ in range(3)] == [503] * 3
    for each in leave:
        each()
    assert [by_file(b"no pdf").status_code for _ in range(2)] == [404, 429]


def test_sixty_an_hour_and_ours_are_never_counted(content):
    statuses = [by_file(b"no pdf").status_code for _ in range(61)]
    assert statuses == [404] * 60 + [429]
    assert by_file(content).status_code == 200


def test_its_name_never_reaches_the_page(people):
    assert "onerror" not in by_file(b"no pdf", name='"><img src=x onerror=alert(1)>.pdf').text


def test_a_busy_machine_is_no_verdict_on_a_file(content, monkeypatch):
    touched = content + b"\n% a comment"
    assert box(by_file(touched))[0] == "被改动过"  # the control
    monkeypatch.setattr(examining, "FENCE", replace(examining.FENCE, patience=0.01))
    page, machine = by_file(touched), by_file(touched, path="/verify/file/answer.json")
    sentence = "服务器正忙，这一份还没有核验完。请过一会儿再选这份文件，或者扫证书上的二维码。"
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert box(page) == ("暂时不能查询", sentence)
    assert (machine.status_code, machine.json()) == (503, {"state": "busy", "sentence": sentence})
