"""A QR code as squares, on a screen or on paper. The text in, the drawing out; the same for ever."""

from itertools import groupby

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # light modules all around, as ISO/IEC 18004 asks for


def path_of(text: str, *, border: int) -> tuple[str, int]:
    """The dark modules as one SVG path, and how many modules a side has, borders included."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=border)
    code.add_data(text)
    rows = code.get_matrix()
    return "".join(_bar(*each) for y, row in enumerate(rows) for each in _runs(row, y)), len(rows)


def svg_of(text: str, *, ink: str) -> bytes:
    """For paper: a light ground of its own, so that no ornament comes near the code."""
    path, size = path_of(text, border=QUIET)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{path}" fill="{ink}" shape-rendering="crispEdges"/></svg>'
    ).encode()


def _runs(row: list[bool], y: int):
    """Dark modules side by side are one bar: between two of them a printer might leave a hair of light."""
    x = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            yield x, y, length
        x += length


def _bar(x: int, y: int, length: int) -> str:
    return f"M{x},{y}h{length}v1h-{length}z"
