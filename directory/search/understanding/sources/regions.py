"""How states and provinces are written in short: postal codes of the US and Canada, Mexican and other abbreviations."""

from __future__ import annotations

from collections.abc import Mapping

from directory.places.countries import subdivisions_of

_MEXICAN = """
AGU ags|BCN bc|BCS bcs|CAM camp|CHP chis|CHH chih|CMX cdmx df|COA coah|COL col|DUR dgo|GUA gto|GRO gro|HID hgo|JAL jal|
MEX edomex edo mex|MIC mich|MOR mor|NAY nay|NLE nl|OAX oax|PUE pue|QUE qro|ROO qroo|SLP slp|SIN sin|SON son|TAB tab|
TAM tamps tam|TLA tlax|VER ver|YUC yuc|ZAC zac
"""
_CANADIAN = """
QC qc pq que|ON ont|BC bc|AB alta|MB man|SK sask|NB nb|NS ns|PE pei ipe|NL nl tnl
"""


def _read(country: str, listed: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in listed.replace("\n", "").split("|"):
        code, *shorts = item.split()
        found |= dict.fromkeys(shorts, f"{country}-{code}")
    return found


def abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Subdivisions by folded abbreviation. A short form may be two states' (*NL*): the town before it decides."""
    found: dict[str, list[str]] = {}
    for country in ("US", "CA"):
        for code in subdivisions_of(country):
            found.setdefault(code[3:].lower(), []).append(code)
    for country, listed in (("MX", _MEXICAN), ("CA", _CANADIAN)):
        for short, code in _read(country, listed).items():
            if code not in found.setdefault(short, []):
                found[short].append(code)
    found.setdefault("dc", ["US-DC"])
    return {short: tuple(codes) for short, codes in found.items()}
