"""A table as the answer to a request: a workbook, or CSV that is streamed as it is written."""

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from cqo_portal.exports.formats import SafeCsv, SafeXlsx


def table_as(
    as_format: str,
    *,
    headers: Iterable[str],
    rows: Iterable[Iterable[Any]],
    name: str,
    notes: Iterable[tuple[str, str]] = (),
) -> FileResponse | StreamingHttpResponse:
    """`name` without a suffix; `notes` stand on a second sheet of a workbook."""
    headers = list(headers)
    if as_format == "csv":
        form = SafeCsv()
        answer = StreamingHttpResponse(form.stream(headers, rows), content_type=form.get_content_type())
        answer.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
        return answer
    book = SafeXlsx()
    made = book.write(headers, rows, notes=notes)
    return FileResponse(
        made, as_attachment=True, filename=f"{name}.xlsx", content_type=book.get_content_type()
    )
