"""Small and nasty collections for property tests: organizations, edits, and what somebody may ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hypothesis import strategies as st

from directory.clock import end_of_day
from directory.publication.records import (
    PublicAvailability,
    PublicLocation,
    PublicOrganization,
    PublicPhone,
    PublicService,
)
from directory.search.documents import Document, DocumentWriter
from directory.search.engine.query import ConsulateFilter, Near, PlaceArea, SearchQuery, Sort
from directory.vocabulary.catalogue import Term, Vocabulary

TODAY = date(2026, 11, 25)
ZONES = ("America/Tijuana", "America/St_Johns", "Pacific/Honolulu", "UTC")
NOON = datetime.combine(TODAY, time(12), UTC)
SLOTS = 12
"""How many organizations there can be: few, so that edits meet those that exist."""


def _term(slug: str, es: str, en: str, fr: str, *synonyms: str) -> Term:
    return Term(UUID(int=0), slug, {"es": es, "en": en, "fr": fr}, synonyms, None)


def _by_slug(*terms: Term) -> dict[str, Term]:
    return {term.slug: term for term in terms}


VOCABULARY = Vocabulary(
    groups={},
    areas=_by_slug(
        _term("shelter", "Albergue", "Shelter", "Hébergement", "refugio", "casa"),
        _term("legal-aid", "Asesoría jurídica", "Legal aid", "Aide juridique", "abogado"),
        _term("food", "Alimentos", "Food", "Aide alimentaire", "comedor"),
    ),
    populations=_by_slug(
        _term("families", "Familias", "Families", "Familles"),
        _term("unaccompanied", "Niñez no acompañada", "Unaccompanied children", "Enfants non accompagnés"),
    ),
)
WRITER = DocumentWriter(VOCABULARY)

# Words that share stems, beginnings, letters and accents in three languages, and some that no language has.
WORDS = (
    "Casa casas casita Migrante migrantes migratorio migration migraciones Refugio refugios Asesoría jurídica legal "
    "aid aide juridique abogado niños ninos Niñez familias famille Montréal Tijuana Tijuanas K'iche' Q’anjob’al l'aide "
    "cœur 24h 365 o de la para the and Ñandú Łódź 日本 straße İstanbul esperanza esperanzas esperar hope hopes"
).split()
MISSPELT = (
    "tijuna migrnates migrants asesorai esperanzza esperranzza refgio famlias xqzwv casaa 24hh abc montreel".split()
)
TYPED = (
    "cas",
    "mig",
    "migr",
    "esp",
    "ref",
    "ti",
    "tij",
    "fam",
    "hop",
    "pq",
    "🙂",
    "!!",
    "a" * 40,
    "b" * 45,
    "San-Juan",
)
LABELS = [
    label
    for group in (VOCABULARY.areas, VOCABULARY.populations)
    for term in group.values()
    for label in term.labels.values()
]
POINTS = (
    (32.5027, -117.0037), (26.2034, -98.23), (-17.0, 179.99), (-17.0, -179.99), (90.0, 0.0), (90.0, 120.0),
    (-90.0, 33.0), (0.0, 0.0), (45.5, -73.57), (64.1, -180.0), (64.1, 180.0), (19.4285, -99.1277), (32.51, -117.01),
)  # fmt: skip
REGIONS = (
    ("MX", "MX-BCN", None),
    ("US", "US-TX", "48215"),
    ("US", "US-TX", None),
    ("CA", "CA-QC", None),
    ("GT", None, None),
)
CITIES = ("Tijuana", "Montréal", "San Antonio", "Casa Grande", None)
_STATES = ("open", "limited", "full", "closed", "unknown", "unknown")

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
names = st.lists(st.sampled_from(WORDS), min_size=0, max_size=4).map(" ".join)


def slot_id(slot: int) -> UUID:
    """The id of the organization in a slot; ids are not in the order of slots."""
    return UUID(int=(slot * 7919 + 13) % 101 << 64 | slot)


@st.composite
def locations(draw: st.DrawFn) -> PublicLocation:
    """A location with a point, without one, or protected: its city's point and no street."""
    country, admin1, admin2 = draw(st.sampled_from(REGIONS))
    is_protected = draw(st.booleans())
    point = POINTS[0] if is_protected else draw(st.sampled_from((None, *POINTS)))
    return PublicLocation.model_construct(
        id=UUID(int=draw(st.integers(1, 2**32))),
        country=country,
        admin1=admin1,
        admin2=admin2,
        place_id=draw(st.sampled_from((None, "t-tijuana", "t-mcallen"))),
        city="Tijuana" if is_protected else draw(st.sampled_from(CITIES)),
        city_names={"fr": "Montréal-Nord"} if country == "CA" else {},
        postal_code=draw(st.sampled_from((None, "22000", "H2X 1Y4"))),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        email=None,
        visibility="city_only" if is_protected else "public",
        phones=(PublicPhone.model_construct(number="+19565550123", text="", extension=None, kind="voice"),)
        if draw(st.booleans())
        else (),
        areas=draw(_some("shelter", "legal-aid")),
    )


@st.composite
def services(draw: st.DrawFn) -> PublicService:
    """A service that may have said whether it can take someone, until a day around today or for good."""
    until = draw(st.sampled_from((None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1))))
    return PublicService.model_construct(
        areas=draw(_some(*VOCABULARY.areas)),
        nationalities=draw(_some("HN", "GT")),
        availability=PublicAvailability.model_construct(
            state=draw(st.sampled_from(_STATES)),
            until=until,
            note=None,
            lapses_at=until and end_of_day(until, draw(st.sampled_from(ZONES))),
        ),
        coverage=draw(_some("US", "US-TX", "MX-BCN")),
    )


def _some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@st.composite
def organizations(draw: st.DrawFn) -> PublicOrganization:
    """A public record, with an id that a slot replaces."""
    verified = draw(st.sampled_from((None, 0, 90, 91, 134, 136, 400)))
    return PublicOrganization.model_construct(
        id=UUID(int=0),
        slug="slug",
        name=draw(names),
        acronym=draw(st.sampled_from((None, None, "RAICES", "CM", "Ñ.U."))),
        alternate_names=tuple(draw(st.lists(names, max_size=1))),
        country="MX",
        phones=(),
        email=draw(st.sampled_from((None, "a@example.org"))),
        contacts_suspended=False,
        website=None,
        urls=(),
        summary=draw(st.dictionaries(st.sampled_from(("es", "en", "fr", "pt")), texts, max_size=2)),
        description=draw(st.dictionaries(st.sampled_from(("es", "en", "fr")), texts, max_size=1)),
        populations=draw(_some(*VOCABULARY.populations)),
        languages=draw(_some("es", "en", "quc")),
        verified_on=None if verified is None else TODAY - timedelta(verified),
        due_since=draw(st.sampled_from((None, None, TODAY, TODAY + timedelta(1)))),
        review_interval_days=90,
        revision=draw(st.integers(1, 9)),
        services=tuple(draw(st.lists(services(), max_size=2))),
        locations=tuple(draw(st.lists(locations(), max_size=3))),
    )


def plain_document(number: int, name: str, point: tuple[float, float] | None = None, **values: object) -> Document:
    """A document of a record that has a name, perhaps a point, and nothing else that is not given."""
    place = PublicLocation.model_construct(
        id=UUID(int=number), country="MX", admin1=None, admin2=None, place_id=None, city=None, city_names={},
        postal_code=None, latitude=point and point[0], longitude=point and point[1], phones=(), email=None, areas=(),
    )  # fmt: skip
    record = {
        "id": UUID(int=number), "slug": "slug", "name": name, "acronym": None, "alternate_names": (), "country": "MX",
        "summary": {}, "description": {}, "populations": (), "languages": (), "verified_on": None, "due_since": None,
        "phones": (), "contacts_suspended": False, "email": None, "website": None, "urls": (),
        "review_interval_days": 90, "revision": 1,
        "services": (), "locations": (place,) if point else (),
    }  # fmt: skip
    return WRITER.document(PublicOrganization.model_construct(**(record | values)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Commit:
    """One commit to the index: ids that go, and documents that come in their places or anew."""

    gone: tuple[str, ...]
    documents: tuple[Document, ...]


@st.composite
def commits(draw: st.DrawFn, longest: int = 6) -> list[Commit]:
    """A history: some documents at first, then commits that change, remove and bring back; some records are twins."""
    pool = draw(st.lists(organizations(), min_size=1, max_size=7))
    history = []
    for number in range(draw(st.integers(1, longest))):
        slots = draw(
            st.lists(
                st.integers(0, SLOTS - 1), min_size=0 if number else 1, max_size=5 if number < 2 else 2, unique=True
            )
        )
        removed = draw(st.lists(st.integers(0, SLOTS - 1), max_size=2)) if number else []
        records = [draw(st.sampled_from(pool)).model_copy(update={"id": slot_id(slot)}) for slot in slots]
        gone = tuple(str(slot_id(slot)) for slot in dict.fromkeys([*slots, *removed]))
        history.append(Commit(gone if number else (), tuple(map(WRITER.document, records))))
    return history


def after(history: list[Commit]) -> list[Document]:
    """The living documents after some commits."""
    living: dict[str, Document] = {}
    for commit in history:
        for record_id in commit.gone:
            living.pop(record_id, None)
        living |= {document.id: document for document in commit.documents}
    return list(living.values())


@st.composite
def queries_text(draw: st.DrawFn) -> str:
    """What somebody types: one to four words, labels, phrases, exclusions, in any state of completion."""
    word = st.sampled_from([*WORDS, *MISSPELT, *TYPED, "Tijuana", "antonio", "san", "mexico", "raices"])
    phrase = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda found: f'"{" ".join(found)}"')
    piece = st.one_of(
        word, word, word, st.sampled_from(LABELS), phrase, word.map("-{}".format), phrase.map("-{}".format)
    )
    text = " ".join(draw(st.lists(piece, min_size=0, max_size=4)))
    return text + draw(st.sampled_from(("", "", "", '"', " ", " -")))


partners = st.frozensets(st.integers(0, SLOTS - 1).map(slot_id), max_size=3)
consulates = st.builds(
    ConsulateFilter,
    slug=st.just("x"),
    areas=st.lists(
        st.builds(
            lambda region, place_id, excludes: PlaceArea(*region, excludes, place_id),
            st.sampled_from([*REGIONS, ("MX", None, None), ("US", None, None)]),
            st.sampled_from((None, None, None, "t-tijuana", "t-nowhere")),
            st.sampled_from((False, False, True)),
        ),
        max_size=3,
    ).map(tuple),
    partners=partners,
)


@st.composite
def queries(draw: st.DrawFn) -> SearchQuery:
    """A search with a few random filters and any order."""
    near = draw(st.sampled_from((None, None, *(Near(point, "x") for point in POINTS))))
    sorts = [Sort.RELEVANCE, Sort.RELEVANCE, Sort.NAME, Sort.VERIFIED, *([Sort.DISTANCE] if near else [])]
    filters = {
        "country": ("MX", "US", "GT", "ZZ"),
        "admin1": ("MX-BCN", "US-TX"),
        "area": tuple(VOCABULARY.areas),
        "population": tuple(VOCABULARY.populations),
        "language": ("es", "quc"),
        "nationality": ("HN", "GT", "SV"),
        "status": ("verified", "due", "stale", "unverified"),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(filters)), max_size=2, unique=True))
    return SearchQuery(
        text=draw(queries_text()),
        **{name: draw(_some(*filters[name])) for name in chosen},  # type: ignore[arg-type]
        consulate=tuple(draw(st.lists(consulates, max_size=2))) if draw(st.integers(0, 3)) == 0 else (),
        available=draw(st.integers(0, 3)) == 0,
        partner=draw(st.integers(0, 3)) == 0,
        preferred=draw(partners) if draw(st.booleans()) else frozenset(),
        literal=draw(st.sampled_from(((), (), ("albergue",), ("legal aid",)))),
        near=near,
        within_km=draw(st.sampled_from((None, None, 0.5, 25.0, 3000.0, 20_020.0))) if near else None,
        sort=draw(st.sampled_from(sorts)),
        size=draw(st.sampled_from((1, 3, 100))),
    )
