"""The JSON route for who is still typing."""

from __future__ import annotations

from flask import g
from flask_openapi import APIBlueprint, Tag
from pydantic import Field
from werkzeug.wrappers import Response

from directory.api.requests import LanguageQuery
from directory.api.responses import base_url, documented, json_response, note_validator
from directory.api.search_models import SuggestOut
from directory.search.engine.query import MAX_QUERY_LENGTH
from directory.search.suggest.ask import suggest

blueprint = APIBlueprint("suggest", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="directory")])


blueprint.before_request(note_validator)


class SuggestRequest(LanguageQuery):
    """What has been typed so far."""

    q: str = Field(
        "", max_length=MAX_QUERY_LENGTH, description="Beginnings of words, in any order; accents do not matter."
    )


@blueprint.get("/suggest", summary="Suggest while someone types", responses={200: SuggestOut, **documented(304, 400)})
def suggestions(query: SuggestRequest) -> Response:
    """At most ten organizations, service areas, populations, places and consulates of which every word typed begins
    a word; a typing error is forgiven in words of five letters and more. `url` is the page that each leads to."""
    answer = suggest(query.q, query.lang)
    pages = f"{base_url()}/{query.lang}"
    found = [
        {"kind": item.kind, "value": item.value, "label": item.label, "detail": item.detail, "url": pages + item.path}
        for item in answer.candidates
    ]
    g.entity_tag = f"{g.entity_tag}-{answer.index_seq}"
    return json_response({"suggestions": found}, query.lang)
