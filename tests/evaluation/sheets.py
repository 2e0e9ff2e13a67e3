"""Sheets of Jiangsu's scheme, as a test writes them."""

from decimal import Decimal as D

from hypothesis import strategies as st

from cqo_portal.jurisdictions import pack

SCHEME = pack("jiangsu-2023-draft").evaluation
ROWS = "7.1.1 7.1.2 7.2 7.3 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.4.6 7.5.1 7.5.2 7.5.3 7.5.4 7.5.5".split()
POINTS = [80, 20, 60, 100, 40, 60, 80, 60, 40, 60, 150, 60, 100, 50, 40]
ALLOWED = [D(c) for c in "0 0.1 0.25 0.3 0.45 0.5 0.65 0.7 0.85 0.9 1.0".split()]


def sheet(default: str = "0", **changed: str) -> dict[str, D]:
    """All fifteen coefficients; `r7_1_1="0.7"` changes one."""
    values = {code: D(default) for code in ROWS}
    return values | {name[1:].replace("_", "."): D(value) for name, value in changed.items()}


sheets = st.fixed_dictionaries({code: st.sampled_from(ALLOWED) for code in ROWS})
