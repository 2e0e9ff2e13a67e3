import pytest

from cqo_portal.printing.documents import pdf_of


@pytest.fixture
def document(tmp_path, settings):
    """Sets a body that stands in a template of its own, on our base."""
    (tmp_path / "print").mkdir()
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path]}]

    def of(body: str, *, sheets: str = "", drawn: dict | None = None, **words) -> bytes:
        blocks = f"{{% block sheets %}}{sheets}{{% endblock %}}{{% block body %}}{body}{{% endblock %}}"
        (tmp_path / "print" / "asked.html").write_text('{% extends "print/base.html" %}' + blocks)
        return pdf_of("asked.html", words, drawn=drawn)

    return of
