"""`python -m tests.relevance.measure [SET …]`: how good answers are on the seed data, by phenomenon and language."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from directory.clock import now
from directory.extensions import db
from directory.publication.organizations import all_organizations
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.relevance.judge import Judge, Judged, judged_path, queries
from directory.search.relevance.metrics import concepts, interval, ndcg, succeeds
from directory.vocabulary.catalogue import vocabulary
from tests.relevance.peers import Ask, fts5, texts_of, whoosh_stock

SETS = {"open": judged_path(), "own": Path(__file__).parent / "own.json"}
TITLE = """# How good answers are

`make relevance` asks the judged queries of `seed_data/lexicon/judged.json` (open) and `tests/relevance/own.json` on
the seed data and writes this page. `open` is as it was given, `own` is this project's own. Grades are predicates over
the public record (need, nearness, people, name), never a copy of the ranking. nDCG@10 has the gain 2^grade − 1; *good
in the first 3*: of grade 2, or of the best grade that there is. All engines search the same records; the others get
names, services and people with their synonyms in three languages, places in three languages, and summaries (FTS5: bm25
with weights 4, 1.5, 2, 1 and `unicode61 remove_diacritics 2`). Times are of one warm process, in one run.
"""


@dataclass(frozen=True)
class Measured:
    """One query: nDCG@10, good in the first three, how many were found, what was understood of what was meant."""

    query: Judged
    ndcg: float
    succeeds: bool
    total: int
    concepts: Sequence[tuple[str, bool]]
    milliseconds: float
    grades: Sequence[int]


def measure(asked: Sequence[Judged], judge: Judge) -> list[Measured]:
    """Ask every query and judge what comes. Needs an application context with an index."""
    found = []
    for query in asked:
        started = time.perf_counter()
        result = execute(SearchQuery(query.text, size=10))
        milliseconds = 1_000 * (time.perf_counter() - started)
        said = concepts(query.understood, result.reading)
        ids = [hit.organization_id for hit in result.hits]
        found.append(_judged(query, judge, ids, result.total, said, milliseconds))
    return found


def measure_peer(asked: Sequence[Judged], judge: Judge, ask: Ask) -> list[Measured]:
    """The same of another engine, which understands nothing."""
    found = []
    for query in asked:
        started = time.perf_counter()
        ids = ask(query.text)
        milliseconds = 1_000 * (time.perf_counter() - started)
        found.append(_judged(query, judge, ids, len(ids), (), milliseconds))
    return found


def _judged(
    query: Judged, judge: Judge, ids: Sequence[UUID], total: int, said: Sequence[tuple[str, bool]], milliseconds: float
) -> Measured:
    ideal = judge.grades(query)
    own = [ideal.get(item, 0) for item in ids]
    grades = list(ideal.values())
    return Measured(query, ndcg(own, grades), succeeds(own, grades), total, said, milliseconds, own)


def at_percent(measured: Sequence[Measured], share: float) -> float:
    """The time of a query, in milliseconds, that so many others stay below."""
    times = sorted(item.milliseconds for item in measured)
    return times[min(len(times) - 1, int(len(times) * share))]


def summary(measured: Sequence[Measured]) -> dict[str, float]:
    """The four figures of a set."""
    said = [is_found for item in measured for _, is_found in item.concepts]
    places = [is_found for item in measured for kind, is_found in item.concepts if kind == "place"]
    count = max(len(measured), 1)
    return {
        "ndcg": sum(item.ndcg for item in measured) / count,
        "success": sum(item.succeeds for item in measured) / count,
        "none": sum(not item.total for item in measured) / count,
        "concepts": sum(said) / max(len(said), 1),
        "places": sum(places) / max(len(places), 1),
    }


def report(sets: Sequence[str], *, is_long: bool) -> str:
    """All figures as Markdown, and what is below 0.8 behind them. Needs an application context with an index."""
    records = list(all_organizations(db.session, now()))
    judge = Judge(records)
    texts = texts_of(records, vocabulary(db.session))
    peers = {
        "SQLite FTS5, all words": fts5(texts, "AND"),
        "SQLite FTS5, any word": fts5(texts, "OR"),
        "Whoosh as it comes, any word": whoosh_stock(texts),
    }
    lines = [TITLE]
    for name in sets:
        asked = queries(SETS[name])
        for query in asked:
            execute(SearchQuery(query.text, size=10))
        own = measure(asked, judge)
        lines += [f"## {name}: {len(asked)} queries", "", *_table({"this engine": own} | {
            title: measure_peer(asked, judge, ask) for title, ask in peers.items()
        })]  # fmt: skip
        baseline = measure_peer(asked, judge, peers["SQLite FTS5, any word"])
        low, high = interval([mine.ndcg - other.ndcg for mine, other in zip(own, baseline, strict=True)])
        lines += [f"Ahead of FTS5 with any word by {low:.2f} to {high:.2f} of nDCG@10 (95 %, paired bootstrap).", ""]
        for title in ("kind", "language"):
            groups: dict[str, list[Measured]] = defaultdict(list)
            for item in own:
                groups[getattr(item.query, title)].append(item)
            lines += _figures(title, groups)
        if is_long:
            lines += _worst(own)
    return "\n".join(lines)


def _table(measured: Mapping[str, Sequence[Measured]]) -> list[str]:
    lines = [
        "| | nDCG@10 | good in the first 3 | without any result | p50, ms | p95, ms |",
        "|---|---|---|---|---|---|",
    ]
    for title, items in measured.items():
        own = summary(items)
        lines.append(
            f"| {title} | {own['ndcg']:.3f} | {own['success']:.3f} | {own['none']:.0%} "
            f"| {at_percent(items, 0.5):.2f} | {at_percent(items, 0.95):.2f} |"
        )
    return [*lines, ""]


def _figures(title: str, groups: Mapping[str, Sequence[Measured]]) -> list[str]:
    lines = [f"| {title} | queries | nDCG@10 | good in the first 3 | concepts | places |", "|---|---|---|---|---|---|"]
    for key, items in sorted(groups.items()):
        own = summary(items)
        lines.append(
            f"| {key} | {len(items)} | {own['ndcg']:.2f} | {own['success']:.2f} | {own['concepts']:.2f} | "
            f"{own['places']:.2f} |"
        )
    return [*lines, ""]


def _worst(measured: Sequence[Measured]) -> list[str]:
    lines = []
    for item in sorted(measured, key=lambda item: item.ndcg):
        if item.ndcg < 0.8 or not all(is_found for _, is_found in item.concepts):
            missed = [kind for kind, is_found in item.concepts if not is_found]
            lines.append(f"{item.ndcg:.2f} {item.total:4d} {item.grades} {item.query.text!r} missed {missed}")
    return lines


def main() -> None:
    """Print the figures of the sets that are named (all without a name); `-v`: also what is weak; `--write FILE`."""
    from directory import create_app

    arguments = sys.argv[1:]
    path = Path(arguments.pop(arguments.index("--write") + 1)) if "--write" in arguments else None
    named = [item for item in arguments if not item.startswith("-")]
    app = create_app()
    with app.app_context():
        text = report(named or list(SETS), is_long="-v" in arguments)
    print(text)
    if path is not None:
        path.write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
