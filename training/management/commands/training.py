"""The draw from the shell: the same sample on any machine, from the published list and seed alone.

Needs no database. JSON on standard output, exit 2 on bad input.
"""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from training.draw import Unreadable, digest_of, one_writing, place, read_list, sample, shares

BAD_INPUT = 2


class Command(BaseCommand):
    help = "培训：draw（按公布的名单和种子重新抽一次，不用数据库）。"
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("what", choices=["draw"])
        parser.add_argument("--population", required=True, help="公布的名单，CSV 文件")
        parser.add_argument("--seed", required=True, help="公布的种子；依次只取 1–9，其余略去")
        parser.add_argument("--wanted", required=True, type=int, help="抽取笔数")

    def handle(self, *, population: str, seed: str, wanted: int, **options) -> None:
        try:
            listed = read_list(Path(population).read_bytes().decode())
            answer = _drawn(listed, seed=one_writing(seed), wanted=wanted)
        except OSError:
            answer = {"error": f"打不开 {population}。"}
        except UnicodeDecodeError:
            answer = {"error": "名单不是 UTF-8 编码；请用下载的原文件，不要另存。"}
        except Unreadable as unreadable:
            answer = {"error": f"名单读不懂：{unreadable}"}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if "error" in answer:
            sys.exit(BAD_INPUT)


def _drawn(population: dict[str, list[str]], *, seed: str, wanted: int) -> dict:
    sizes = {stratum: len(set(members)) for stratum, members in population.items()}
    drawn = sample(population, seed=seed, wanted=wanted)
    return {
        "digest": digest_of(population),
        "size": sum(sizes.values()),
        "shares": shares(sizes, wanted=wanted),
        "sample": {
            stratum: [{"record": name, "order": place(name, seed=seed)} for name in names]
            for stratum, names in drawn.items()
        },
    }
