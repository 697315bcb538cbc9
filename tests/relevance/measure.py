"""`python -m tests.relevance.measure [SET …]`: how good answers are on the seed data, by phenomenon and language."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from directory.clock import today
from directory.extensions import db
from directory.publication.organizations import all_organizations
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from tests.relevance.judge import SETS, Judge, Judged, queries
from tests.relevance.metrics import concepts, ndcg, succeeds


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
        ideal = judge.grades(query)
        started = time.perf_counter()
        result = execute(SearchQuery(query.text, size=10))
        milliseconds = 1_000 * (time.perf_counter() - started)
        own = [ideal.get(hit.organization_id, 0) for hit in result.hits]
        found.append(
            Measured(query, ndcg(own, list(ideal.values())), succeeds(own, list(ideal.values())), result.total,
                     concepts(query.understood, result.reading), milliseconds, own)
        )  # fmt: skip
    return found


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


def main() -> None:
    """Print the figures of the sets that are named (all without a name); `-v` shows what is below 0.8."""
    from directory import create_app

    arguments = [item for item in sys.argv[1:] if not item.startswith("-")]
    app = create_app()
    with app.app_context():
        judge = Judge(all_organizations(db.session, today()))
        for name in arguments or SETS:
            measured = measure(queries(name), judge)
            print(name, {key: round(value, 3) for key, value in summary(measured).items()})
            for title in ("kind", "language"):
                groups: dict[str, list[Measured]] = defaultdict(list)
                for item in measured:
                    groups[getattr(item.query, title)].append(item)
                for key, items in sorted(groups.items()):
                    print(f"  {key:14}", {name: round(value, 2) for name, value in summary(items).items()})
            if "-v" in sys.argv:
                for item in sorted(measured, key=lambda item: item.ndcg):
                    if item.ndcg < 0.8 or not all(is_found for _, is_found in item.concepts):
                        missed = [kind for kind, is_found in item.concepts if not is_found]
                        print(f"{item.ndcg:.2f} {item.total:4d} {item.grades} {item.query.text!r} missed {missed}")


if __name__ == "__main__":
    main()
