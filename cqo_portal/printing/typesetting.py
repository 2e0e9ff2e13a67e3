"""The one place that knows WeasyPrint. It fetches through a door of ours and sees no fonts but ours.

Imported where a document is set, not before: the rest of the product runs on a machine without Pango.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath

from weasyprint import HTML
from weasyprint.text.ffi import ffi, fontconfig, gobject, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from cqo_portal.printing.assets import MEDIA_TYPES, SCHEME, NotOurs, content_of
from cqo_portal.printing.fonts import FONTS

ffi.cdef("FcConfig *FcConfigCreate(void);")


class Door(URLFetcher):
    """Every address a document names is asked for here, and none is opened but our own."""

    def __init__(self, drawn: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self.drawn, self.refused = drawn, []

    def fetch(self, url: str, headers=None) -> URLFetcherResponse:
        content = content_of(url, drawn=self.drawn)
        if content is None:
            self.refused.append(url)
            raise FatalURLFetchingError(url)
        kind = MEDIA_TYPES[PurePosixPath(url).suffix]
        return URLFetcherResponse(url, content, {"Content-Type": kind})


class OurFonts(FontConfiguration):
    """Our fonts on an empty ground: what a document looks like does not depend on the machine it was made on."""

    def __init__(self) -> None:
        self._config = fontconfig.FcConfigCreate()
        self.font_map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        for path in FONTS:
            if not fontconfig.FcConfigAppFontAddFile(self._config, str(path).encode()):
                raise FileNotFoundError(path)
        pangoft2.pango_fc_font_map_set_config(ffi.cast("PangoFcFontMap *", self.font_map), self._config)
        fontconfig.FcConfigDestroy(self._config)  # the map holds it now
        self.strut_layouts, self.font_features = {}, {}

    def add_font_face(self, rule_descriptors, url_fetcher) -> None:
        raise FatalURLFetchingError("@font-face")


def typeset(html: str, *, drawn: Mapping[str, bytes]) -> bytes:
    door = Door(drawn)
    try:
        with _complaints() as heard:
            # With a base, relative addresses reach the door as well, instead of being left out in silence.
            made = HTML(string=html, base_url=SCHEME, url_fetcher=door)
            content = made.write_pdf(font_config=OurFonts(), pdf_tags=True)
    except FatalURLFetchingError as error:  # a BaseException: no `except Exception` above would see it
        raise NotOurs(str(error)) from error
    if said := door.refused + heard:  # inside a picture WeasyPrint swallows even the fatal ones
        raise NotOurs(said[0])
    return content


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What WeasyPrint says it left out, in this thread: it goes on without a picture, and we do not."""
    heard, thread = [], threading.get_ident()
    ear = logging.Handler(logging.ERROR)
    ear.addFilter(lambda record: record.thread == thread)
    ear.emit = lambda record: heard.append(record.getMessage())
    log = logging.getLogger("weasyprint")
    log.addHandler(ear)
    try:
        yield heard
    finally:
        log.removeHandler(ear)
