"""Tables of words: controlled terms with labels and synonyms, phrases by which people say what they mean."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set


class Taxonomy(enum.StrEnum):
    """The controlled vocabularies."""

    SERVICE_GROUP = "service-group"
    SERVICE_AREA = "service-area"
    POPULATION = "population"


class TaxonomyTerm(Base):
    """One controlled term. A service area's parent is its group."""

    __tablename__ = "taxonomy_terms"
    __table_args__ = (
        UniqueConstraint("taxonomy", "slug"),
        CheckConstraint("(taxonomy = 'service-area') = (parent_id IS NOT NULL)", name="parent"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    taxonomy: Mapped[Taxonomy] = mapped_column(closed_set(Taxonomy))
    slug: Mapped[str] = mapped_column(String(60))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("taxonomy_terms.id"))
    position: Mapped[int]
    labels: Mapped[list[TaxonomyLabel]] = relationship(cascade="all, delete-orphan", order_by="TaxonomyLabel.language")
    synonyms: Mapped[list[TaxonomySynonym]] = relationship(
        cascade="all, delete-orphan", order_by="TaxonomySynonym.position"
    )


class TaxonomyLabel(Base):
    """A term's label in one language."""

    __tablename__ = "taxonomy_labels"
    __table_args__ = (CheckConstraint("length(label) > 0", name="label"),)

    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))


class TaxonomySynonym(Base):
    """Another word for a term, in whatever language people use it."""

    __tablename__ = "taxonomy_synonyms"

    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(String(120), primary_key=True)
    position: Mapped[int]


class PhraseKind(enum.StrEnum):
    """What a phrase of the lexicon may say."""

    AREA = "area"
    POPULATION = "population"
    LANGUAGE = "language"
    NATIONALITY = "nationality"
    PLACE = "place"


class PhraseOrigin(enum.StrEnum):
    """Who answers for a phrase: the release that brought it, or the network that wrote or changed it."""

    RELEASE = "release"
    NETWORK = "network"


class LexiconPhrase(Base):
    """A phrase of up to six words and one of its meanings. `value`: a slug, a code, or a place (`lexical_place`).

    `needs` and `implies` are lists joined by `|`, as in the files. `version` rises with every change.
    """

    __tablename__ = "lexicon_phrases"
    __table_args__ = (
        UniqueConstraint("folded", "language", "kind", "value"),
        CheckConstraint("length(folded) > 0", name="folded"),
        CheckConstraint("weight > 0 AND weight <= 1", name="weight"),
        CheckConstraint("language IN ('es', 'en', 'fr', 'mul')", name="language"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_lexicon_phrases_meaning", "kind", "value"),
        # A number is never given twice: the audit trail names phrases by it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phrase: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))
    """Its words as the analysis folds them, joined by spaces."""
    language: Mapped[str] = mapped_column(String(3))
    kind: Mapped[PhraseKind] = mapped_column(closed_set(PhraseKind))
    value: Mapped[str] = mapped_column(String(240))
    weight: Mapped[float] = mapped_column(Double)
    needs: Mapped[str] = mapped_column(String(240), default="")
    implies: Mapped[str] = mapped_column(String(240), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    source_url: Mapped[str] = mapped_column(String(300), default="")
    origin: Mapped[PhraseOrigin] = mapped_column(closed_set(PhraseOrigin))
    is_disabled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None] = mapped_column(String(80))
    """Who of the network changed it; nobody, where it is as the release has it."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it one row: words, language and meaning."""
        return self.folded, self.language, self.kind.value, self.value


class LexiconRevision(Base):
    """The one row that says which phrases there are now: every process compares it with what it has read."""

    __tablename__ = "lexicon_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("number >= 0", name="number"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    token: Mapped[uuid.UUID]
    """New with every number: two installations, or a restored one, never share what they made of their phrases."""
    release: Mapped[str] = mapped_column(String(64), default="")
    """Digest of the release's own phrases as they were taken in."""


class PhraseUse(Base):
    """How often a phrase was read in a month, and how often whoever searched struck it out: numbers alone."""

    __tablename__ = "phrase_uses"
    __table_args__ = (CheckConstraint("times_read >= 0 AND times_struck >= 0", name="counts"),)

    phrase_id: Mapped[int] = mapped_column(ForeignKey("lexicon_phrases.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    times_read: Mapped[int] = mapped_column(default=0)
    times_struck: Mapped[int] = mapped_column(default=0)


class SuggestedWord(Base):
    """A word that a search did not know and that somebody sent in on purpose; never who, and never the search."""

    __tablename__ = "suggested_words"
    __table_args__ = (CheckConstraint("times > 0", name="times"),)

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    """The language of the page on which it was typed."""
    times: Mapped[int] = mapped_column(default=1)
    first_on: Mapped[date]
    last_on: Mapped[date]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(80))
