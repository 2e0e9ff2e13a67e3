"""Pages of stored papers: rendered once, kept apart by whose they are."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.offices.models import Licence
from cqo_portal.papers.accepting import NotAccepted, accept
from cqo_portal.papers.showing import page_picture
from registry.models import Proof
from tests.papers.sheets import pdf, written


def stored(model, *, width: int):
    """A paper with its file, and no row: enough to be drawn."""
    made = accept(SimpleUploadedFile("x.pdf", written(pdf(width=width))))
    paper = model(pages=made.pages, media_type=made.media_type)
    paper.file.save(f"{paper.pk}.pdf", SimpleUploadedFile("x.pdf", made.content), save=False)
    return paper


def test_papers_of_two_models_with_one_key_are_drawn_apart():
    proof, licence = stored(Proof, width=200), stored(Licence, width=300)
    licence.pk = proof.pk
    wide, narrow = page_picture(licence, number=1), page_picture(proof, number=1)
    assert wide != narrow
    assert page_picture(licence, number=1) == wide
    kept = (settings.DATA_DIR / "pages").glob(f"*/{proof.pk}-1.png")
    assert sorted(path.parent.name for path in kept) == ["offices.licence", "registry.proof"]


def test_a_page_is_rendered_once():
    paper = stored(Proof, width=200)
    first = page_picture(paper, number=1)
    paper.file.storage.delete(paper.file.name)
    assert page_picture(paper, number=1) == first  # from what was kept: the paper itself is gone


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_does_not_exist_is_said_so(number):
    with pytest.raises(IndexError):
        page_picture(stored(Proof, width=200), number=number)


def test_an_empty_upload_is_refused_before_it_is_read():
    class Unread(SimpleUploadedFile):
        def read(self, *size):
            raise AssertionError("read")

    with pytest.raises(NotAccepted, match="空的"):
        accept(Unread("x.pdf", b""))
    with pytest.raises(AssertionError, match="read"):
        accept(Unread("x.pdf", b"x"))  # control: what has a size is read
