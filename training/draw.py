"""Which records are looked at: a sample anybody can draw again. Values only; the same seed, the same sample.

Each record is ordered by the SHA-256 of seed and name; the first of each stratum are drawn. No random number
generator of any machine, language or version comes into it: `printf '%s\\n%s' "$seed" "$name" | sha256sum`.

The population is a list one can hold: what is published of it is the SHA-256 of the file itself.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from heapq import heapify, heapreplace

MOST = 5000  # records in one draw
FEWEST_DIGITS = 6  # of a seed: beyond what one could try out
HEADER = "record,stratum"
_MARK = "\ufeff"  # a spreadsheet asks for it; part of the file, and of its digest
_CELL = str.maketrans({",": "，", '"': "”", "'": "’", "\\": "＼"})
_RUNS = str.maketrans("=+-@", "＝＋－＠")

Population = Mapping[str, Iterable[str]]  # names of records, by stratum


class Unreadable(ValueError):
    """A list that is not one of ours; the sentence says where."""


def one_writing(typed: str) -> str:
    """The seed a published result gives, however it is written: its digits 1–9 in order, of whatever script or width.

    Were "03 08" and "3-8" two seeds, whoever enters one could choose among samples.
    """
    digits = (unicodedata.decimal(sign, 0) for sign in unicodedata.normalize("NFKC", typed))
    return "".join(str(digit) for digit in digits if digit)


def place(name: str, *, seed: str) -> str:
    """Where a record stands in the order of the draw: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def shares(sizes: Mapping[str, int], *, wanted: int) -> dict[str, int]:
    """How many are drawn from each stratum: from each at least one, the rest in proportion.

    `sizes`: records by stratum. Where fewer are wanted than there are strata, the largest strata give one each.
    The rest is given one by one to whoever has most per odd number (Webster's divisors 3, 5, 7 …): who wants more
    gets all he had before, which largest remainders would not promise. No stratum gives more than it has.
    """
    sizes = {name: size for name, size in sizes.items() if size > 0}
    wanted = max(0, min(wanted, sum(sizes.values())))
    first = sorted(sizes, key=lambda name: (-sizes[name], name))[:wanted]
    given = dict.fromkeys(sorted(first), 1)
    claims = [_claim(sizes[name], given=1, name=name) for name in first]
    heapify(claims)
    for _ in range(wanted - len(first)):
        name = claims[0][1]
        given[name] += 1
        heapreplace(claims, _claim(sizes[name], given=given[name], name=name))
    return given


def _claim(size: int, *, given: int, name: str) -> tuple[Fraction, str]:
    """The smallest is served first; of two equal ones the one whose name comes first."""
    return -Fraction(size, 2 * given + 1), name


def sample(population: Population, *, seed: str, wanted: int) -> dict[str, list[str]]:
    """The records drawn, by stratum, in the order in which they were drawn."""
    names = {stratum: sorted(set(members)) for stratum, members in population.items()}
    given = shares({stratum: len(members) for stratum, members in names.items()}, wanted=wanted)
    return {
        stratum: sorted(names[stratum], key=lambda name: (place(name, seed=seed), name))[:many]
        for stratum, many in given.items()
    }


# ── the list of the population ────────────────────────────────────────────────────────────────
def printable(name: str) -> str:
    """The name of a stratum as the list can hold it: one line, no comma, nothing a spreadsheet would run."""
    line = " ".join(name.translate(_CELL).split())
    return line[:1].translate(_RUNS) + line[1:]


def list_of(population: Population) -> Iterator[str]:
    """The lines of the file, ends included: strata and records in the order of their code points."""
    yield f"{_MARK}{HEADER}\n"
    for stratum in sorted(population):
        for name in sorted(set(population[stratum])):
            yield f"{name},{stratum}\n"


def digest_of(population: Population) -> str:
    """SHA-256 of the list, as `sha256sum` of the file says it."""
    found = hashlib.sha256()
    for line in list_of(population):
        found.update(line.encode())
    return found.hexdigest()


def read_list(text: str) -> dict[str, list[str]]:
    """The population a list tells of. Raises `Unreadable`."""
    header, *lines = text.removeprefix(_MARK).splitlines() or [""]
    if header != HEADER:
        raise Unreadable(f"第 1 行应当是 {HEADER}。")
    population = defaultdict(list)
    for number, line in enumerate(lines, start=2):
        name, comma, stratum = line.partition(",")
        if not (name and comma and stratum):
            raise Unreadable(f"第 {number} 行应当是“记录号,培训组织者”。")
        population[stratum].append(name)
    return dict(population)
