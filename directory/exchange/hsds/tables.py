"""The tables of HSDS 3.1 as its data package names them: files, columns, types, keys.

Names, types and constraints are those of the official descriptor (commit abc731c), whose explanations are not repeated
here. Two tables are mended as release 3.1.1 did: `unit` and `service_capacity` lack there the keys that they refer to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_TABLES = """
organization organizations.csv
    id!=:uuid name! alternate_name description! email:email website:uri tax_status tax_id
    year_incorporated:number legal_status logo uri:uri parent_organization_id:uuid
program programs.csv
    id!=:uuid organization_id!=:uuid name! alternate_name description!
service services.csv
    id!=:uuid organization_id!:uuid program_id:uuid name! alternate_name description url:uri email:email
    status!:status interpretation_services application_process fees_description wait_time fees accreditations
    eligibility_description minimum_age:number maximum_age:number assured_date:date assurer_email:email licenses
    alert last_modified:datetime
attribute attributes.csv
    id!=:uuid link_id!:uuid taxonomy_term_id!:uuid link_type link_entity! value label
service_at_location service_at_location.csv
    id!=:uuid service_id!:uuid location_id!:uuid description
location locations.csv
    id!=:uuid location_type!:place url:uri organization_id:uuid name alternate_name description transportation
    latitude:number longitude:number external_identifier external_identifier_type
phone phones.csv
    id!=:uuid location_id:uuid service_id:uuid organization_id:uuid contact_id:uuid service_at_location_id:uuid
    number! extension:number type description
contact contacts.csv
    id!=:uuid organization_id:uuid service_id:uuid service_at_location_id:uuid location_id:uuid name title
    department email:email
address addresses.csv
    id!=:uuid location_id:uuid attention address_1! address_2 city! region state_province! postal_code! country!
    address_type!:place
schedule schedules.csv
    id!=:uuid service_id:uuid location_id:uuid service_at_location_id:uuid valid_from:date valid_to:date
    dtstart:date timezone:number until:date count:number wkst:weekday freq:frequency interval:number byday
    byweekno bymonthday byyearday description opens_at:time closes_at:time schedule_link:uri attending_type
    notes
funding funding.csv
    id!=:uuid organization_id:uuid service_id:uuid source
service_area service_areas.csv
    id!=:uuid service_id:uuid service_at_location_id:uuid name description extent extent_type uri
required_document required_documents.csv
    id!=:uuid service_id:uuid document uri:uri
language languages.csv
    id!=:uuid service_id:uuid location_id:uuid phone_id:uuid name code note
accessibility accessibility.csv
    id!=:uuid location_id:uuid description details url:uri
taxonomy_term taxonomy_terms.csv
    id!=:uuid code= name! description! parent_id:uuid taxonomy language taxonomy_id:uuid term_uri:uri
metadata metadata.csv
    id!=:uuid resource_id!:uuid resource_type! last_action_date!:date last_action_type! field_name!
    previous_value! replacement_value! updated_by!
meta_table_description meta_table_descriptions.csv
    id!=:uuid name language character_set
cost_option cost_options.csv
    id!=:uuid service_id!:uuid valid_from:date valid_to:date option currency amount:number amount_description
organization_identifier organization_identifiers.csv
    id!=:uuid organization_id!:uuid identifier_scheme identifier_type! identifier!
taxonomy taxonomies.csv
    id!=:uuid name! description! uri:uri version
service_capacity service_capacity.csv
    id!=:uuid service_id!:uuid unit_id!:uuid available!:number maximum:number description updated!:datetime
unit units.csv
    id!=:uuid name! scheme identifier uri:uri
url url.csv
    id!=:uuid label url!:uri organization_id:uuid service_id:uuid
"""
"""A table's name and file, and its columns: `!` required, `=` unique, then its type or format after a colon."""
_CHOICES = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "place": ("physical", "postal", "virtual"),
    "weekday": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    "frequency": ("WEEKLY", "MONTHLY"),
}
_FORMATS = ("uuid", "uri", "email")


@dataclass(frozen=True)
class Column:
    """A column: `kind` is a type, a format of text or one of the lists of values."""

    name: str
    kind: str
    is_required: bool
    is_unique: bool

    def field(self) -> dict[str, Any]:
        """What a Table Schema says of it."""
        constraints: dict[str, Any] = {"required": self.is_required, "unique": self.is_unique}
        field: dict[str, Any] = {"name": self.name, "type": "string", "constraints": constraints}
        if self.kind in _CHOICES:
            constraints["enum"] = list(_CHOICES[self.kind])
        elif self.kind in _FORMATS:
            field["format"] = self.kind
        else:
            field["type"] = self.kind
        return field


@dataclass(frozen=True)
class Table:
    """A table of the package: its name, its file, its columns in order."""

    name: str
    path: str
    columns: tuple[Column, ...]

    def resource(self) -> dict[str, Any]:
        """What the descriptor of a package says of it."""
        schema: dict[str, Any] = {"primaryKey": "id", "fields": [column.field() for column in self.columns]}
        if keys := [
            {"fields": column.name, "reference": {"resource": column.name.removesuffix("_id"), "fields": "id"}}
            for column in self.columns
            if column.name.endswith("_id") and column.name.removesuffix("_id") in TABLES
        ]:
            schema["foreignKeys"] = keys
        return {
            "name": self.name, "path": self.path, "format": "csv", "mediatype": "text/csv",
            "profile": "tabular-data-resource", "encoding": "utf-8", "schema": schema,
        }  # fmt: skip


def _read(text: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for part in re.split(r"\n(?=\w)", text.strip()):
        name, path, *columns = part.split()
        found[name] = Table(name, path, tuple(_column(word) for word in columns))
    return found


def _column(word: str) -> Column:
    name, _, kind = word.partition(":")
    return Column(name.rstrip("!="), kind or "string", "!" in name, "=" in name)


TABLES = _read(_TABLES)
