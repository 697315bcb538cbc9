"""The OpenAPI document of the HSDS interface: ours, complete in itself, every operation named once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from directory.api.hsds import parameters
from directory.exchange.hsds.models import VERSION, Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm
from directory.problems import Problem

Json = dict[str, Any]
_LISTS: dict[str, tuple[type[BaseModel], type[BaseModel], type[BaseModel] | None, str]] = {
    # path: what it holds, how a list is asked for, how one is, tag
    "organizations": (Organization, parameters.OrganizationList, parameters.OneOrganization, "required"),
    "services": (Service, parameters.ServiceList, None, "required"),
    "service_at_locations": (ServiceAtLocation, parameters.ServiceAtLocationList, None, "optional"),
    "taxonomies": (Taxonomy, parameters.TaxonomyList, None, "optional"),
    "taxonomy_terms": (TaxonomyTerm, parameters.TermList, None, "optional"),
}
_REF = "#/components/schemas/{model}"
_PAGE: Json = {
    "type": "object",
    "required": [
        "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents",
    ],
    "properties": {
        "total_items": {"type": "integer", "minimum": 0},
        "total_pages": {"type": "integer", "minimum": 0},
        "page_number": {"type": "integer", "minimum": 1},
        "size": {"type": "integer", "minimum": 0, "description": "Objects on this page."},
        "first_page": {"type": "boolean"},
        "last_page": {"type": "boolean"},
        "empty": {"type": "boolean"},
    },
}  # fmt: skip


def document(base_url: str) -> Json:
    """The document, for an installation at `base_url`."""
    models: list[tuple[type[BaseModel], Any]] = [(model, "serialization") for model, *_ in _LISTS.values()]
    _, known = models_json_schema([*models, (Problem, "serialization")], ref_template=_REF)
    paths: Json = {"/": _both("root", "What this is", _content(_about()), "required", [])}
    for name, (model, asked_for, asked_one, tag) in _LISTS.items():
        ref = {"$ref": _REF.format(model=model.__name__)}
        page = {
            **_PAGE,
            "properties": {**_PAGE["properties"], "contents": {"type": "array", "items": _items(name, ref)}},
        }
        listed = {**_content(page), "application/x-ndjson": {"schema": {"type": "string"}}}
        one = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}]
        paths[f"/{name}"] = _both(f"list_{name}", f"List {name}", listed, tag, _parameters(asked_for))
        more = _parameters(asked_one) if asked_one else []
        paths[f"/{name}/{{id}}"] = _both(f"get_{name}", f"One of {name}", _content(ref), tag, more, one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "HSDS interface of the directory of civil society organizations for consular protection",
            "version": VERSION,
            "description": "Open read access without a key. POST takes the same parameters in a form body: words that "
            "are looked for then stand in no address and no log.",
            "license": {"name": "CC BY 4.0; each record as its source says", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": f"{base_url}/hsds"}],
        "tags": [{"name": "required"}, {"name": "optional"}],
        "paths": paths,
        "components": {"schemas": known["$defs"]},
    }


def _about() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["version", "profile", "openapi_url"],
        "properties": {
            "version": {"const": VERSION}, "profile": {"type": "string", "format": "uri"},
            "openapi_url": {"type": "string", "format": "uri"}, "description": text,
            "publisher": {"type": "object", "properties": {"name": text, "url": text}},
        },
    }  # fmt: skip


def _items(name: str, ref: Json) -> Json:
    """What a list holds; services asked for with `minimal` are an id and an instant."""
    if name != "services":
        return ref
    minimal = {
        "type": "object",
        "required": ["id", "last_modified"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "last_modified": {"type": "string"}},
    }
    return {"anyOf": [ref, minimal]}


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _both(name: str, summary: str, content: Json, tag: str, asked: list[Json], path: list[Json] | None = None) -> Json:
    body = {
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": {item["name"]: item["schema"] for item in asked}}
            }
        },
    }
    return {
        "get": {**_operation(name, summary, content, tag), "parameters": [*(path or []), *asked]},
        "post": {
            **_operation(f"{name}_by_post", f"{summary}, asked for in a body", content, tag),
            "parameters": [*(path or []), *asked],
            **({"requestBody": body} if asked else {}),
        },
    }


def _operation(name: str, summary: str, content: Json, tag: str) -> Json:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    said = {
        "301": "It became part of another record", "304": "Not modified", "400": "A parameter cannot be used",
        "404": "No such record", "410": "The record was removed", "429": "Too many requests",
        "503": "The index is being built",
    }  # fmt: skip
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "responses": {
            "200": {"description": "As asked for", "content": content},
            **{
                status: {"description": meaning, **({"content": problem} if status >= "400" else {})}
                for status, meaning in said.items()
            },
        },
    }


def _parameters(model: type[BaseModel]) -> list[Json]:
    """The fields of a question as query parameters; what may be left out is not said to be `null`."""
    fields = model.model_json_schema(ref_template=_REF)["properties"]
    return [
        {"name": name, "in": "query", "required": False, "description": field.pop("description", ""),
         "schema": _plain(field)}
        for name, field in fields.items()
    ]  # fmt: skip


def _plain(field: Json) -> Json:
    options = [option for option in field.get("anyOf", []) if option != {"type": "null"}]
    known = {key: value for key, value in field.items() if key not in ("anyOf", "title", "default")}
    return {**known, **options[0]} if options else known
