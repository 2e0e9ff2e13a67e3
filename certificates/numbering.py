"""The number of an evaluation certificate: `CQO-JSHZ-2026-0183-1`.

The grade is not in it, and a number is never used twice; serials are given out under a row lock.
"""

from cqo_portal.parties.numbers import Numbers

NUMBERS = Numbers(prefix="CQO", noun="证书编号", issuer="评价主体", example="CQO-JSHZ-2026-0183-1")
