"""The frame of a certificate of training, drawn: waves woven into a band. Numbers in, SVG out; the same for ever.

Green and bronze, upright, with four plain corners: nobody takes it for a certificate of evaluation.
"""

from math import pi, sin

WIDTH, HEIGHT = 210, 297  # an A4 sheet upright, in mm
EDGE, BAND = 12.0, 5.0  # from the edge of the sheet to the middle of the band; half the width of a wave
GREEN, BRONZE = "#2b5d49", "#9a7b3f"
STEP = 1.0  # mm between two points of a wave
WAVES = (
    (9.0, 0.0, GREEN, 0.14),
    (9.0, pi, GREEN, 0.14),
    (6.0, 0.6, BRONZE, 0.11),
    (6.0, pi + 0.6, BRONZE, 0.11),
)


def frame() -> bytes:
    """The four bands and the two lines beside them."""
    parts = [
        *(_rectangle(inset, colour, width) for inset, colour, width in _LINES),
        *(_wave(*wave, along=WIDTH, at=at, across=False) for at in (EDGE, HEIGHT - EDGE) for wave in WAVES),
        *(_wave(*wave, along=HEIGHT, at=at, across=True) for at in (EDGE, WIDTH - EDGE) for wave in WAVES),
        *(_corner(x, y) for x in (EDGE, WIDTH - EDGE) for y in (EDGE, HEIGHT - EDGE)),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return f"{head}{''.join(parts)}</svg>".encode()


_LINES = (
    (EDGE - 4.2, BRONZE, 0.2),
    (EDGE - 3.4, GREEN, 0.45),
    (EDGE + 3.4, GREEN, 0.45),
    (EDGE + 4.6, BRONZE, 0.2),
)


def _rectangle(inset: float, colour: str, width: float) -> str:
    size = f'width="{WIDTH - 2 * inset:.2f}" height="{HEIGHT - 2 * inset:.2f}"'
    place = f'x="{inset:.2f}" y="{inset:.2f}"'
    return f'<rect {place} {size} fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _wave(
    length: float, phase: float, colour: str, width: float, *, along: int, at: float, across: bool
) -> str:
    """Two waves that rise and fall together, from corner to corner."""
    first, last = EDGE + BAND, along - EDGE - BAND
    number = round((last - first) / STEP)
    points = []
    for n in range(number + 1):
        way = first + (last - first) * n / number
        height = at + BAND / 2 * sin(2 * pi * (way - first) / length + phase)
        points.append(f"{height:.2f} {way:.2f}" if across else f"{way:.2f} {height:.2f}")
    return f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" points="{",".join(points)}"/>'


def _corner(x: float, y: float) -> str:
    """Squares set into each other."""
    return "".join(
        f'<rect x="{x - half:.2f}" y="{y - half:.2f}" width="{2 * half:.2f}" height="{2 * half:.2f}" '
        f'fill="{"#fff" if n == 0 else "none"}" stroke="{colour}" stroke-width=".3" '
        f'transform="rotate({turn} {x:.2f} {y:.2f})"/>'
        for n, (half, turn, colour) in enumerate(
            ((4.4, 0, GREEN), (3.1, 45, BRONZE), (2.2, 0, GREEN), (1.5, 45, BRONZE))
        )
    )
