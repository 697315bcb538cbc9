"""Obviously fictional organizations in three languages, the same for the same number and seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from directory.exchange.organizations_csv import COLUMNS
from directory.settings import resource_dir

SEED = 20_261_124
_KINDS = {
    "es": ("Casa", "Albergue", "Centro", "Red", "Fundación", "Pastoral", "Colectivo", "Servicio", "Clínica", "Comedor"),
    "en": (
        "House",
        "Shelter",
        "Center",
        "Network",
        "Foundation",
        "Ministry",
        "Coalition",
        "Services",
        "Clinic",
        "Legal Aid",
    ),
    "fr": (
        "Maison",
        "Refuge",
        "Centre",
        "Réseau",
        "Fondation",
        "Pastorale",
        "Collectif",
        "Service",
        "Clinique",
        "Accueil",
    ),
}
_THEMES = {
    "es": ("del Migrante", "de la Familia", "de la Esperanza", "por la Niñez", "de Asesoría Jurídica", "de Refugiados"),
    "en": ("for Migrants", "for Families", "of Hope", "for Children", "of Justice", "for Refugees"),
    "fr": ("des Migrants", "des Familles", "de l’Espoir", "de l’Enfance", "de Justice", "des Réfugiés"),
}
_SENTENCES = {
    "es": "Ofrecemos {area} a personas migrantes y a sus familias en {city}, con orientación y acompañamiento.",
    "en": "We offer {area} to migrants and their families in {city}, with orientation and support.",
    "fr": "Nous proposons {area} aux personnes migrantes et à leurs familles à {city}, avec orientation et suivi.",
}
_LANGUAGE_OF = {"CA": "fr", "US": "en"}


def rows(count: int) -> Iterator[dict[str, str]]:
    """`count` organizations, one location each; names carry `(ejemplo N)` so that nobody takes them for real."""
    chance = random.Random(SEED)
    towns = largest_towns()
    areas = _slugs("service_areas.csv")
    populations = _slugs("populations.csv")
    weights = [1 / (rank + 1) for rank in range(len(areas))]
    for number in range(count):
        country, admin1, city, latitude, longitude = chance.choice(towns)
        language = _LANGUAGE_OF.get(country, "es") if chance.random() < 0.8 else chance.choice(("es", "en", "fr"))
        chosen = list(dict.fromkeys(chance.choices(areas, weights, k=chance.randint(1, 5))))
        key = f"ejemplo-{number}"
        name = f"{chance.choice(_KINDS[language])} {chance.choice(_THEMES[language])} {city} (ejemplo {number})"
        yield {
            "organization_key": key,
            "name": name,
            "country": country,
            "service_areas": "|".join(chosen),
            "populations": "|".join(sorted(set(chance.choices(populations, k=chance.randint(0, 3))))),
            "languages": "|".join(sorted({language, *chance.choices(("es", "en", "fr", "ht", "mam"), k=1)})),
            f"summary_{language}": _SENTENCES[language].format(area=chosen[0].replace("-", " "), city=city),
            "source_name": "Generated for measurement",
            "source_date": "2026",
            "location_key": f"{key}/1",
            "location_country": country,
            "location_admin1": admin1,
            "location_city": city,
            "address": f"Calle Ejemplo {chance.randint(1, 999)}",
            "latitude": f"{latitude + chance.uniform(-0.02, 0.02):.5f}",
            "longitude": f"{longitude + chance.uniform(-0.02, 0.02):.5f}",
            "location_service_areas": "|".join(chosen),
        }


def write(path: Path, count: int) -> Path:
    """A file in the import format."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows(count))
    return path


def _slugs(name: str) -> list[str]:
    with (resource_dir("seed_data") / name).open(encoding="utf-8", newline="") as file:
        return [row["slug"] for row in csv.DictReader(file)]


def largest_towns() -> list[tuple[str, str, str, float, float]]:
    """The thousand largest towns of the gazetteer."""
    import gzip
    import io

    text = gzip.decompress((resource_dir("seed_data") / "places" / "towns.csv.gz").read_bytes()).decode("utf-8")
    found = [row for row in csv.DictReader(io.StringIO(text)) if row["population"]]
    found.sort(key=lambda row: -int(row["population"]))
    return [
        (row["country"], row["admin1"], row["name"], float(row["latitude"]), float(row["longitude"]))
        for row in found[:1000]
    ]
