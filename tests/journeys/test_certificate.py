"""A certificate on its way: the provider issues it, the officer takes it away, the enterprise names its number."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import expect

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Person
from registry import draft, services
from tests.cast import IDENTITY, TODAY, typed, user
from tests.training import rows
from tests.training.certified import held, with_code
from training.models import Completion


def test_issued_taken_away_and_named_in_a_filing(city, page, enter, console, live_server):
    tan = with_code(rows.provider())
    rows.commission(tan.acting.institution, city.offices["130900"], by=city.meng)
    wang = Person.objects.create(name="王雪松", identity_kind="resident", identity_number=IDENTITY)
    user("himself", Role.OFFICER, person=wang)
    session = held(tan, wang)

    enter(page, "tan")
    page.goto(f"{live_server.url}/training/completions/")
    page.get_by_role("link", name=session.name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("可以发 1 张培训证书")
    page.get_by_role("button", name="颁发勾选的证书").click()
    expect(page.locator("main")).to_contain_text("已颁发 1 张培训证书，并告知本人。", timeout=30_000)
    made = Completion.objects.get()

    enter(page, "himself")
    page.goto(f"{live_server.url}/training/completions/")
    page.get_by_role("link", name="王雪松").click()
    expect(page.locator("main")).to_contain_text("首席质量官任职培训")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载 PDF")).click()
    content = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(content).hexdigest() == made.imprint.digest
    assert download.value.suggested_filename == f"培训证书 {made.number}.pdf"

    filing = services.open_filing(city.hengtong, by=city.liu, today=TODAY)
    draft.save(filing, typed(), version=None, by=city.liu)
    enter(page, "liu")
    page.goto(f"{live_server.url}/filings/{filing.pk}/edit/")
    expect(page.locator("body")).to_contain_text("没有提供培训证明，无法判定")
    page.get_by_label("培训证书编号").fill(made.number.lower())
    page.get_by_label("培训证书编号").blur()
    expect(page.locator("body")).to_contain_text(f"培训证书 {made.number}，沧州质量培训学校")
    assert console == []
