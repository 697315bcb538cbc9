"""What can be asked of the HSDS interface, in the query or, so that words stay out of logs, in a form body."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from flask import request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from directory.search.engine.query import MAX_QUERY_LENGTH

MAX_PER_PAGE, PER_PAGE = 200, 50
MAX_PROXIMITY_M = 1_000_000


def _as_boolean(value: object) -> object:
    """`full` alone says yes, as people type it in an address."""
    return True if value == "" else value


Flag = Annotated[bool, BeforeValidator(_as_boolean)]


class Paged(BaseModel):
    """Which part of a list, and how it is written."""

    model_config = ConfigDict(extra="ignore")

    page: int = Field(1, ge=1, le=2**31, description="Number of the page; one past the last is empty.")
    per_page: int = Field(PER_PAGE, ge=1, le=MAX_PER_PAGE, description="Objects on a page.")
    format: Literal["json", "ndjson"] = Field("json", description="ndjson: all objects, one a line, without pages.")


class Searched(Paged):
    """A list that words can narrow."""

    search: str | None = Field(
        None, max_length=MAX_QUERY_LENGTH, description="Words, as in the search of this directory."
    )


class RecordList(Searched):
    """A list of what organizations offer."""

    taxonomy_id: uuid.UUID | None = Field(None, description="Only what has a term of this taxonomy.")
    taxonomy_term_id: uuid.UUID | None = Field(None, description="Only what has this term.")
    modified_after: AwareDatetime | None = Field(None, description="Changed at this instant (RFC 3339) or later.")
    full: Flag = Field(False, description="With everything that belongs to it.")


class OrganizationList(RecordList):
    """Organizations."""

    full_service: Flag = Field(False, description="With everything that belongs to it, its services too.")


class ServiceList(RecordList):
    """Services."""

    organization_id: uuid.UUID | None = Field(None, description="Of this organization.")
    minimal: Flag = Field(False, description="All ids, with the instant of their last change, in one page.")


class ServiceAtLocationList(RecordList):
    """Services at locations."""

    organization_id: uuid.UUID | None = Field(None, description="Of this organization.")
    postcode: str | None = Field(
        None, min_length=2, max_length=20, description="Around the middle of this postal code."
    )
    proximity: float = Field(0, ge=0, le=MAX_PROXIMITY_M, description="Metres around it.", allow_inf_nan=False)


class TaxonomyList(Searched):
    """Taxonomies."""


class TermList(Searched):
    """Terms."""

    taxonomy_id: uuid.UUID | None = Field(None, description="Of this taxonomy.")
    top_only: Flag = Field(False, description="Only terms without a parent.")
    parent_id: uuid.UUID | None = Field(None, description="Only terms with this parent.")


class OneOrganization(BaseModel):
    """How much of an organization."""

    model_config = ConfigDict(extra="ignore")

    full_service: Flag = Field(False, description="With its services in full.")


def asked() -> dict[str, str]:
    """The parameters of the running request. What stands in both counts as the body has it."""
    return {**request.args.to_dict(), **request.form.to_dict()}
