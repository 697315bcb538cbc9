"""What people write in short: states and provinces, and the words of which names of towns are made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice, product

from directory.places.countries import subdivisions_of

MOST_SPELLINGS = 24
"""Of one name: each short word may stand for several long ones."""
_WORDS: dict[str, tuple[str, ...]] = {
    "st": ("saint",), "ste": ("sainte",), "mt": ("mount",), "ft": ("fort",), "pt": ("point", "port"),
    "n": ("north", "norte", "nord"), "s": ("south", "sur", "sud"), "e": ("east", "este", "est"),
    "w": ("west",), "o": ("oeste", "ouest"), "hts": ("heights",), "spgs": ("springs",), "bch": ("beach",),
    "cd": ("ciudad",), "sn": ("san",), "sta": ("santa",), "sto": ("santo",), "nvo": ("nuevo",), "nva": ("nueva",),
    "gral": ("general",), "gpe": ("guadalupe",), "ma": ("maria",), "edo": ("estado",), "pto": ("puerto",),
    "vlla": ("villa",), "col": ("colonia",), "dr": ("doctor",), "lic": ("licenciado",), "pdte": ("presidente",),
}  # fmt: skip
"""Folded words of names as they are written in short, and what they stand for."""

_MEXICAN = """
AGU ags|BCN bc|BCS bcs|CAM camp|CHP chis|CHH chih|CMX cdmx df|COA coah|COL col|DUR dgo|GUA gto|GRO gro|HID hgo|JAL jal|
MEX edomex|MIC mich|MOR mor|NAY nay|NLE nl|OAX oax|PUE pue|QUE qro|ROO qroo|SLP slp|SIN sin|SON son|TAB tab|
TAM tamps tam|TLA tlax|VER ver|YUC yuc|ZAC zac
"""
_AMERICAN = """
AL ala|AZ ariz|AR ark|CA calif|CO colo|CT conn|FL fla|IL ill|IN ind|KS kans kan|
MA mass|MI mich|MN minn|MS miss|NE nebr neb|NV nev|NM nmex|ND ndak|OK okla|OR ore oreg|PA penn penna|
SD sdak|TN tenn|TX tex|WA wash|WV wva|WI wis wisc|WY wyo
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


_COUNTRIES = {
    "mex": "MX", "us": "US", "usa": "US", "eua": "US", "eeuu": "US", "eu": "US", "can": "CA",
    "guate": "GT", "gua": "GT",
    "hond": "HN", "nic": "NI", "rd": "DO", "repdom": "DO", "cr": "CR", "pan": "PA", "bze": "BZ", "elsalv": "SV",
}  # fmt: skip


def country_in_short(folded: str) -> str | None:
    """The country that a folded text stands for: `ee uu` → US, `mex` → MX."""
    return _COUNTRIES.get(folded.replace(" ", ""))


@lru_cache(maxsize=1)
def abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Subdivisions by folded abbreviation. A short form may be two states' (*NL*): the town before it decides."""
    found: dict[str, list[str]] = {}
    for country in ("US", "CA"):
        for code in subdivisions_of(country):
            found.setdefault(code[3:].lower(), []).append(code)
    for country, listed in (("MX", _MEXICAN), ("US", _AMERICAN), ("CA", _CANADIAN)):
        for short, code in _read(country, listed).items():
            if code not in found.setdefault(short, []):
                found[short].append(code)
    found.setdefault("dc", ["US-DC"])
    return {short: tuple(codes) for short, codes in found.items()}


@lru_cache(maxsize=1)
def _shorts() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for short, longs in _WORDS.items():
        for long in longs:
            found[long] = (*found.get(long, ()), short)
    return found


def written_out(words: list[str]) -> list[str]:
    """The names that folded words may be short for, the words as they stand first: `ft worth` → `fort worth`."""
    choices = [(word, *_WORDS.get(word, ())) for word in words]
    return [" ".join(name) for name in islice(product(*choices), MOST_SPELLINGS)]


def shortened(words: list[str]) -> list[str]:
    """How folded words of a name are written in short, one word at a time: `ciudad juarez` → `cd juarez`."""
    return [
        " ".join((*words[:at], short, *words[at + 1 :]))
        for at, word in enumerate(words)
        for short in _shorts().get(word, ())
        if len(words) > 1
    ]


def regions_in_short(folded: str) -> tuple[str, ...]:
    """The subdivisions that a folded text may stand for: `b c` → Baja California and British Columbia."""
    return abbreviations().get(folded.replace(" ", ""), ())
