"""Terms by id, as slugs in the order of the vocabulary."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from directory.database import AnySession
from directory.publication.records import Texts
from directory.vocabulary.catalogue import Term, vocabulary


class TermSlugs:
    """What the tables' term ids stand for."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = {term.id: (position, term) for position, term in enumerate(terms)}

    @classmethod
    def load(cls, session: AnySession) -> TermSlugs:
        """The application's vocabulary, by id."""
        known = vocabulary(session)
        return cls([*known.groups.values(), *known.areas.values(), *known.populations.values()])

    def slug(self, term_id: uuid.UUID) -> str:
        """The slug of one term."""
        return self._terms[term_id][1].slug

    def labels(self, term_id: uuid.UUID) -> Texts:
        """The labels of one term, by language."""
        return self._terms[term_id][1].labels

    def sorted_slugs(self, term_ids: Iterable[uuid.UUID]) -> tuple[str, ...]:
        """Slugs of several terms, each once, in the vocabulary's order."""
        return tuple(
            term.slug
            for _, term in sorted(
                {self._terms[term_id][0]: self._terms[term_id] for term_id in term_ids}.values(),
                key=lambda item: item[0],
            )
        )
