"""What the JSON routes accept."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from directory.places.countries import is_country
from directory.search.parameters import SearchParameters

Language = Literal["es", "en", "fr"]
MAX_CHANGES = 1_000


def _known_country(code: str) -> str:
    if not is_country(code):
        raise ValueError(f"{code!r} is not an ISO 3166-1 country code")
    return code


Country = Annotated[str, Field(pattern="^[A-Z]{2}$"), AfterValidator(_known_country)]


class LanguageQuery(BaseModel):
    """The language of labels."""

    lang: Language = Field("es", description="Language of labels and generated texts.")


class SearchRequest(SearchParameters):
    """A search, and the language of its labels."""

    lang: Language = Field("es", description="Language of labels and generated texts.")

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The schema; flask-openapi asks for it with every request, which takes longer than many searches."""
        return super().model_json_schema(*args, **kwargs) if args or kwargs else _schema(cls)


@cache
def _schema(model: type[SearchRequest]) -> dict[str, Any]:
    return super(SearchRequest, model).model_json_schema()


class RecordPath(BaseModel):
    """An id or a slug."""

    key: str = Field(min_length=1, max_length=120, description="UUID, or current or former slug.")


class ConsulatesRequest(LanguageQuery):
    """Which consulates to list."""

    sending: Country | None = Field(None, description="ISO 3166-1 alpha-2 of the sending country.")
    host: Country | None = Field(None, description="ISO 3166-1 alpha-2 of the host country.")
    covers: str | None = Field(
        None,
        min_length=2,
        max_length=120,
        description="A place: a gazetteer id, an ISO code, `lat,lon`, or a name such as `Harlingen, Texas`.",
    )
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=100)


class ChangesRequest(BaseModel):
    """From which number on, how many at most, and of what."""

    since: int = Field(0, ge=0, le=2**63 - 1)
    limit: int = Field(100, ge=1, le=MAX_CHANGES)
    entity: Literal["organization", "consulate"] | None = Field(
        None, description="Only changes of this kind of record."
    )
