"""What is too large is refused by the length it announces, and not a byte of it is read."""

import json

import pytest
from django.conf import settings
from django.test import Client

from certificates.verification.forms import LONGEST_FILE
from cqo_portal.imports.sheets import MOST_BYTES
from training.reporting import MOST_PAPERS

MB = 1024 * 1024
ENVELOPE = MB  # what a form has around its files


class Body:
    """Says whether anybody began to read it."""

    begun = False

    def read(self, *size) -> bytes:
        self.begun = True
        return b""

    readline = read


def sent(path: str, *, length: int | None, by=None):
    """(the answer, whether the body was read). The cookie is there, so that the check of CSRF looks for the form's token."""
    client, body = Client(enforce_csrf_checks=True), Body()
    client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    if by:
        client.force_login(by)
    told = {"CONTENT_LENGTH": str(length)} if length is not None else {"HTTP_TRANSFER_ENCODING": "chunked"}
    told |= {"CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": body}
    answer = client.generic("POST", path, **told)
    return answer, body.begun


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/verify/file/", "/verify/", "/accounts/login/", "/hours/reports/new/"])
def test_two_hundred_megabytes_of_a_stranger_are_refused_unread(path):
    answer, read = sent(path, length=200 * MB)
    assert (answer.status_code, read) == (413, False)
    assert "送来的内容太大，没有接收" in answer.text
    assert "送来的内容超过 6\xa0MB，没有接收。" in answer.text
    assert sent(path, length=6 * MB)[1]  # the control


@pytest.mark.django_db
def test_a_machine_is_told_as_json():
    answer, read = sent("/verify/file/answer.json", length=6 * MB + 1)
    assert not read
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/json")
    assert answer.json() == {"state": "too_large", "sentence": "送来的内容超过 6\xa0MB，没有接收。"}


@pytest.mark.django_db
def test_what_announces_no_length_is_refused_too():
    (page, read), (machine, _) = (
        sent(path, length=None) for path in ("/verify/file/", "/verify/file/answer.json")
    )
    assert not read
    assert (page.status_code, machine.status_code) == (411, 411)
    assert "送来的内容没有写明长度，没有接收" in page.text
    assert json.loads(machine.content)["sentence"] == "送来的内容没有写明长度（Content-Length），没有接收。"


@pytest.mark.django_db
def test_whoever_is_signed_in_may_send_as_much_as_the_largest_form_takes(people):
    for path, most in (("/filings/new/", 32), ("/hours/reports/new/", 201), ("/verify/file/", 6)):
        answer, read = sent(path, length=most * MB + 1, by=people.liu)
        assert (answer.status_code, read) == (413, False)
        assert sent(path, length=most * MB, by=people.liu)[1]


def test_no_form_takes_more_than_its_address_lets_through():
    limits = settings.BODY_MAX_BYTES
    assert max(settings.PAPER_MAX_BYTES, MOST_BYTES) + ENVELOPE <= limits["/"]
    assert limits["/hours/reports/new/"] >= MOST_PAPERS * settings.PAPER_MAX_BYTES + ENVELOPE
    assert min(limits["/verify/"], settings.BODY_MAX_BYTES_UNKNOWN) >= LONGEST_FILE + ENVELOPE
