"""A document as PDF: the same words make the same bytes, wherever and whenever it is made."""

from collections.abc import Mapping

from django.template.loader import render_to_string


def pdf_of(template_name: str, context: Mapping, *, drawn: Mapping[str, bytes] | None = None) -> bytes:
    """One of our templates under templates/print/, set. Raises `NotOurs` where it asks for anything foreign.

    `drawn` are pictures made for this document (a QR code as SVG, say), by the name the template calls them:
    `<img src="asset:qr.svg">`. The time of making is the caller's to say (`made_at`): no clock is read here.
    """
    from cqo_portal.printing.typesetting import typeset

    return typeset(render_to_string(f"print/{template_name}", dict(context)), drawn=drawn or {})
