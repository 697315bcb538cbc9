"""Tables of the controlled terms: service groups, service areas, populations; labels and synonyms."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
