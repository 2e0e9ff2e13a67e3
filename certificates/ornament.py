"""The frame of an evaluation certificate and its rosettes: guilloche from formulas. Numbers in, SVG out; the same for ever.

Petrol and bronze, wide, four rosettes in the corners: nobody takes it for a certificate of training. Points are complex
numbers in mm, y downwards; a line is laid through them in Bézier pieces along its slope.
"""

from cmath import exp
from collections.abc import Callable
from math import pi, sin

from certificates.words import TITLE

WIDTH, HEIGHT = 297, 210  # an A4 sheet lying, in mm
EDGE, HALF = 15.5, 4.4  # from the edge of the sheet to the middle of the band; half its width
MIDDLE = (148.5, 107.0)  # of the pale rosette
PETROL, BRONZE, PAPER = "#14566e", "#9a7b3f", "#fffefb"
PALE_PETROL, PALE_BRONZE = "#dde8ea", "#efe9dc"
SMALLER = 0.82  # one layer of a rosette against the one around it
FIRST = EDGE + 7.6  # where the waves come out from under a corner
MICRO = f"{TITLE} CQO CERTIFICATE · " * 9 + TITLE
WAVES = (  # how high the wave and its third overtone go (mm), how many strands, colour, width of the line
    (2.6, 1.2, 9, PETROL, 0.09),
    (1.9, -1.5, 5, BRONZE, 0.08),
)
TILES = {"wide": 30, "high": 19}  # periods along each side


def frame() -> bytes:
    """Bands, lines, small print, the four corners and the pale rosette in the middle, on a sheet of 297 by 210."""
    parts = [
        "<defs>",
        *(f'<g id="{side}">{_tile(_length(side))}</g>' for side in TILES),
        f'<g id="corner">{_corner()}</g>',
        "</defs>",
        _moved(_rosette(49, petals=36, layers=6, colours=(PALE_PETROL, PALE_BRONZE), width=0.14), *MIDDLE),
        *(_use("wide", FIRST + n * _length("wide"), y) for y in _ENDS[1] for n in range(TILES["wide"])),
        *(
            _use("high", x, FIRST + n * _length("high"), turn=90)
            for x in _ENDS[0]
            for n in range(TILES["high"])
        ),
        *(_rectangle(*line) for line in _LINES),
        *(_micro(y) for y in (EDGE + 6.15, HEIGHT - EDGE - 5.35)),
        *(_use("corner", x, y) for x in _ENDS[0] for y in _ENDS[1]),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return f"{head}{''.join(parts)}</svg>".encode()


_ENDS = ((EDGE, WIDTH - EDGE), (EDGE, HEIGHT - EDGE))
_LINES = (
    (EDGE - HALF - 1.2, BRONZE, 0.18),
    (EDGE - HALF, PETROL, 0.35),
    (EDGE + HALF, PETROL, 0.35),
    (EDGE + HALF + 2.6, BRONZE, 0.18),
)


def _length(side: str) -> float:
    """Of one period, so that whole ones fill a side from corner to corner."""
    whole = {"wide": WIDTH, "high": HEIGHT}[side]
    return (whole - 2 * FIRST) / TILES[side]


def _tile(length: float) -> str:
    """One period of every strand, along the x axis."""
    return "".join(
        _lines(
            [
                _curve(_strand(length, low, third, 2 * pi * n / number), last=length, pieces=12)
                for n in range(number)
            ],
            colour,
            width,
        )
        for low, third, number, colour, width in WAVES
    )


def _strand(length: float, low: float, third: float, phase: float) -> Callable[[float], complex]:
    def at(way: float) -> complex:
        turn = 2 * pi * way / length
        return way + 1j * (low * sin(turn + phase) + third * sin(3 * turn - phase))

    return at


def _corner() -> str:
    """A disc over the crossing of two bands, and what turns on it."""
    return (
        f'<circle r="8.2" fill="{PAPER}" stroke="{PETROL}" stroke-width=".35"/>'
        f'<circle r="7.6" fill="none" stroke="{BRONZE}" stroke-width=".15"/>'
        f"{_rosette(7.3, petals=24, layers=3, colours=(PETROL, BRONZE), width=0.1)}"
        f'<circle r="1.7" fill="{PAPER}" stroke="{PETROL}" stroke-width=".2"/><circle r=".9" fill="{BRONZE}"/>'
    )


def _rosette(radius: float, *, petals: int, layers: int, colours: tuple[str, str], width: float) -> str:
    """Loops around a middle; each layer is the same line, smaller and turned by half a petal."""
    line = _curve(_loops(radius, petals), last=2 * pi, pieces=petals * 8)
    return "".join(
        f'<g transform="rotate({180 / petals * n:.3f}) scale({SMALLER**n:.4f})">'
        f"{_lines([line], colours[n % 2], width)}</g>"
        for n in range(layers)
    )


def _loops(size: float, petals: int) -> Callable[[float], complex]:
    """A hypotrochoid that comes out to `size` once for every petal."""

    def at(turn: float) -> complex:
        return size * (0.68 * exp(1j * turn) + 0.32 * exp(-1j * (petals - 1) * turn))

    return at


def _curve(at: Callable[[float], complex], *, last: float, pieces: int) -> str:
    """The way of `at` from 0 to `last` as Bézier pieces that share its slope where they meet."""
    step = last / pieces
    slope = [(at(n * step + 1e-6) - at(n * step - 1e-6)) / 2e-6 * step / 3 for n in range(pieces + 1)]
    points = [at(n * step) for n in range(pieces + 1)]
    path = [f"M{_xy(points[0])}"]
    for n in range(pieces):
        ahead, back = points[n] + slope[n], points[n + 1] - slope[n + 1]
        path.append(f"C{_xy(ahead)} {_xy(back)} {_xy(points[n + 1])}")
    return "".join(path)


def _xy(point: complex) -> str:
    return f"{point.real:.2f} {point.imag:.2f}"


def _lines(paths: list[str], colour: str, width: float) -> str:
    return f'<path d="{"".join(paths)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _rectangle(inset: float, colour: str, width: float) -> str:
    size = f'width="{WIDTH - 2 * inset:.2f}" height="{HEIGHT - 2 * inset:.2f}"'
    place = f'x="{inset:.2f}" y="{inset:.2f}"'
    return f'<rect {place} {size} fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _micro(y: float) -> str:
    """A line one reads under a glass: a copier makes dots of it."""
    return (
        f'<text x="28.2" y="{y:.2f}" font-size="1.1" textLength="240.6" fill="{PETROL}" '
        f'font-family="Noto Serif SC">{MICRO}</text>'
    )


def _moved(drawn: str, x: float, y: float) -> str:
    return f'<g transform="translate({x} {y})">{drawn}</g>'


def _use(name: str, x: float, y: float, *, turn: int = 0) -> str:
    turned = f" rotate({turn})" if turn else ""
    return f'<use href="#{name}" transform="translate({x:.3f} {y:.3f}){turned}"/>'
