"""A payload in every text that reaches a page: nothing runs, nothing loads, nothing is even blocked."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from playwright.sync_api import Page

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.record import look
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.models import Filing
from registry.workflow import FILE, RETURN, SEND_UP, SUBMIT
from tests.cast import TODAY, browser, cast, picture, typed

SHORT = """"'><img src=x onerror=alert(1)>"""
LONG = """"'></title></textarea></script></template><svg onload=alert(1)><img src=x onerror=alert(2)>{{7|add:7}}"""
NASTY_FIELDS = {
    "enterprise__name": LONG,
    "officer__post": LONG[:100],
    "officer__training_certificate": SHORT,
    "experience__0__employer": LONG,
    "experience__0__post": SHORT,
    "appointment__document_number": SHORT,
}


@pytest.fixture
def poisoned(transactional_db):
    """Names, offices, words, reasons, papers: wherever a text is kept, it is the payload."""
    people = cast()
    Office.objects.update(name=LONG[:100], area=SHORT)
    User.objects.update(full_name=LONG[:100])
    for organisation in Organisation.objects.all():
        organisation.name = LONG
        organisation.save()
    for who in (people.liu, people.wang, people.meng):
        who.full_name = LONG[:100]
    filing = people.filing(papers=("training",), officer__education="college", **NASTY_FIELDS)
    upload = SimpleUploadedFile("x.png", picture(shade=3).read(), "image/png")
    upload._name = f"{LONG}.png"
    services.attach_proof(filing, upload, kind="other", by=people.liu)
    Filing.objects.filter(pk=filing.pk).update(plea=LONG)
    filing = perform(SUBMIT, filing, by=people.liu, note=LONG, today=TODAY)
    for key in ("officer.post", "experience", "proof.title"):
        services.pin(filing, key=key, reason=LONG, cites=SHORT, by=people.wang)
    filing = perform(RETURN, filing, by=people.wang, note=LONG, today=TODAY)
    changed = draft.merged(
        filing, draft.as_query(typed(officer__post=LONG[:99], experience__0__employer=LONG + "!"))
    )
    draft.save(filing, changed, version=None, by=people.liu)
    Filing.objects.filter(pk=filing.pk).update(plea=LONG)
    filing = perform(SUBMIT, filing, by=people.liu, note=LONG, today=TODAY)
    services.pin(filing, key="officer.name", reason=LONG, cites=SHORT, by=people.wang)
    own = services.open_filing(people.dan.acting.organisation, by=people.dan, today=TODAY)
    kept = typed(officer__name=LONG, officer__phone=LONG, officer__identity_number=LONG, **NASTY_FIELDS)
    draft.save(own, kept, version=None, by=people.dan)
    return people, filing, own


def go_on(people, filing) -> Filing:
    services.unpin(filing, item_pk=filing.return_items.get(key="officer.name").pk, by=people.wang)
    for clause in ("education", "title", "experience"):
        services.determine(filing, clause=clause, reason=LONG, by=people.wang)
    filing = perform(SEND_UP, filing, by=people.wang, note=LONG, today=TODAY)
    filing = perform(FILE, filing, by=people.meng, note=LONG, today=TODAY)
    with transaction.atomic():
        look(filing.officer.person, by=people.wang, what="identity_number", why=LONG)
    Assignment.objects.create(user=people.hao, role=Role.OFFICER, person=filing.officer.person)
    return filing


class Watch:
    """Everything a script could do, and everything the browser held back."""

    def __init__(self, page: Page) -> None:
        self.page, self.events, self.visited = page, [], 0
        page.on("dialog", lambda dialog: (self.events.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: self.events.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.events.append(str(error)))

    def visit(self, url: str, *, status: int = 200) -> None:
        self.events.append(f"— {url}")
        assert self.page.goto(url, wait_until="load").status == status, url
        made = self.page.evaluate("[...document.querySelectorAll('[onerror],[onload],img[src=x]')].length")
        if made:
            self.events.append(f"markup came alive on {url}")
        self.visited += 1

    def complaints(self) -> list[str]:
        own = re.compile("^— |status of (404|422)")  # the missing page, and the form with its faults
        return [said for said in self.events if not own.search(said)]


def sign_in(page: Page, user, url: str) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sid", "value": browser(user).cookies["sid"].value, "url": url}])


def test_no_text_anybody_can_write_becomes_markup(poisoned, page, live_server):
    people, filing, own = poisoned
    watch, at = Watch(page), live_server.url
    path = f"{at}/filings/{filing.pk}/"

    sign_in(page, people.dan, at)
    watch.visit(f"{at}/filings/{own.pk}/edit/")
    for field in ("officer-post", "officer-phone", "enterprise-name"):
        page.locator(f'[name="{field}"]').fill(LONG[:90] + "+")
    page.locator('[name="officer-name"]').focus()
    page.wait_for_timeout(1500)  # the answer to the autosave is swapped into the page
    watch.visit(f"{at}/filings/{own.pk}/")
    watch.visit(f"{at}/filings/new/")
    watch.visit(f"{at}/filings/{own.pk}/edit/")
    page.locator('button[value="check"]').first.click()
    page.wait_for_load_state("networkidle")

    sign_in(page, people.wang, at)
    for address in (
        f"{path}?pin=officer.post&page=2",
        f"{path}?pin={SHORT}&proof={SHORT}",
        f"{at}/",
        f"{at}/inbox/",
    ):
        watch.visit(address)
    filing = go_on(people, filing)
    for who in (people.liu, people.wang, people.meng, people.hao):
        sign_in(page, who, at)
        for address in ("/", "/filings/?turn=all", f"/filings/?turn=all&q={SHORT}", f"/filings/{filing.pk}/", "/inbox/",
                        f"/filings/{filing.pk}/reveal/officer.phone/", f"/desk/register/?q={SHORT}&office={SHORT}",
                        "/desk/register/", f"/desk/officers/{filing.officer.pk}/", "/accounts/sessions/"):  # fmt: skip
            watch.visit(at + address)
    Assignment.objects.filter(user=people.hao, role=Role.PROVINCE).update(active=False)
    watch.visit(f"{at}/")  # the officer's own desk, with who looked and why

    page.context.clear_cookies()
    for address in (
        f"/accounts/login/?next={SHORT}",
        f"/rules/cangzhou/?edition={SHORT}",
        f"/rules/?{SHORT}",
    ):
        watch.visit(at + address)
    watch.visit(f"{at}/{SHORT}/", status=404)
    assert watch.complaints() == []
    assert watch.visited > 45

    page.set_content(f"<p>{LONG}</p>")  # the control: had it come through, it would have been seen
    page.wait_for_timeout(300)
    assert watch.complaints() != []
