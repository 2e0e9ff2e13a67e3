"""`make bench`: the status file of many certificates. Twice as many take twice the time, and no more memory."""

import time
import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from certificates.models import StatusFile
from certificates.verification import daily
from tests.certificates import rows

FEW, MANY = 5_000, 20_000
# Copies of one certificate, as void ones: of those a decision may have many. The triggers would ask each for its decision.
COPIED = """
    SET LOCAL statement_timeout = 0;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE certificates_certificate DISABLE TRIGGER USER;
    ALTER TABLE certificates_rendering DISABLE TRIGGER USER;
    INSERT INTO certificates_certificate
    SELECT (jsonb_populate_record(c, jsonb_build_object('id', md5(n::text)::uuid, 'number', 'CQO-JSZP-2020-' || n || '-X',
        'serial', n, 'year', 2020, 'state', 'void', 'by_code', md5('c' || n), 'by_name', md5('n' || n)))).*
    FROM certificates_certificate AS c, generate_series(%(first)s, %(last)s) AS n WHERE c.id = %(pk)s;
    INSERT INTO certificates_signing (id, certificate_id, unsigned, fingerprint, at)
    SELECT n, md5(n::text)::uuid, '', '', now() FROM generate_series(%(first)s, %(last)s) AS n;
    INSERT INTO certificates_rendering (certificate_id, signing_id, content, size, digest, at)
    SELECT md5(n::text)::uuid, n, ('x' || n)::bytea, 10, encode(sha256(('x' || n)::bytea), 'hex'), now()
    FROM generate_series(%(first)s, %(last)s) AS n;
    ALTER TABLE certificates_certificate ENABLE TRIGGER USER;
    ALTER TABLE certificates_rendering ENABLE TRIGGER USER;
    ANALYZE certificates_certificate, certificates_rendering;
"""


def copied(pk, *, first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COPIED, {"pk": pk, "first": first, "last": last})


def measured(day: int) -> tuple[StatusFile, float, float]:
    """(the file, seconds, MiB at most)."""
    tracemalloc.start()
    begun = time.perf_counter()
    made = daily.write(at=timezone.localtime() + timedelta(days=day))
    taken, (_, most) = time.perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return made, taken, most / 2**20


@pytest.mark.django_db
def test_the_file_grows_in_time_and_not_in_memory(people):
    _, made = rows.issued(people)
    copied(made.pk, first=1_000_000, last=1_000_000 + FEW - 1)
    few, shortly, little = measured(0)
    copied(made.pk, first=2_000_000, last=2_000_000 + MANY - FEW - 1)
    many, longer, much = measured(1)
    assert (few.count, many.count) == (FEW + 1, MANY + 1)
    print(
        f"\n{FEW:,} certificates: {shortly:.1f} s, {little:.1f} MiB, file {few.size / 2**20:.1f} MiB; "
        f"{MANY:,}: {longer:.1f} s, {much:.1f} MiB, file {many.size / 2**20:.1f} MiB"
    )
    assert much < little * 1.5
