"""Which records are looked at: a sample anybody can draw again. Values only; the same seed, the same sample.

Each record is ordered by the SHA-256 of seed and name; the first of each stratum are drawn. No random number
generator of any machine, language or version comes into it: `printf '%s\\n%s' "$seed" "$name" | sha256sum`.
"""

import hashlib
from collections.abc import Iterable, Mapping

MOST = 5000  # records in one draw


def place(name: str, *, seed: str) -> str:
    """Where a record stands in the order of the draw: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def shares(sizes: Mapping[str, int], *, wanted: int) -> dict[str, int]:
    """How many are drawn from each stratum: in proportion, by largest remainders, but from each at least one.

    `sizes`: records by stratum. Where fewer are wanted than there are strata, the largest strata give one each.
    """
    sizes = {name: size for name, size in sizes.items() if size}
    whole = sum(sizes.values())
    wanted = min(wanted, whole)
    if wanted <= len(sizes):
        first = sorted(sizes, key=lambda name: (-sizes[name], name))[:wanted]
        return dict.fromkeys(sorted(first), 1)
    rest, beyond = wanted - len(sizes), whole - len(sizes)
    parts = {name: divmod((size - 1) * rest, beyond) for name, size in sizes.items()}
    given = {name: 1 + parts[name][0] for name in sizes}
    left = wanted - sum(given.values())
    for name in sorted(sizes, key=lambda name: (-parts[name][1], name))[:left]:
        given[name] += 1
    return dict(sorted(given.items()))


def sample(population: Mapping[str, Iterable[str]], *, seed: str, wanted: int) -> dict[str, list[str]]:
    """The records drawn, by stratum, in the order in which they were drawn."""
    names = {stratum: sorted(set(members)) for stratum, members in population.items()}
    given = shares({stratum: len(members) for stratum, members in names.items()}, wanted=wanted)
    return {
        stratum: sorted(names[stratum], key=lambda name: (place(name, seed=seed), name))[:many]
        for stratum, many in given.items()
    }


def digest_of(population: Mapping[str, Iterable[str]]) -> str:
    """SHA-256 of the frozen population: strata and records in order, one a line."""
    lines = [
        f"{stratum}\t{name}" for stratum in sorted(population) for name in sorted(set(population[stratum]))
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
