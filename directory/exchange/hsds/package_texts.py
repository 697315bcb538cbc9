"""What stands beside the tables of a package: how to read it, and how to cite it."""

from __future__ import annotations

from datetime import datetime

TITLE = "Directory of civil society organizations for consular protection"
_README = """# {title}

HSDS 3.1, tables as CSV (UTF-8), described by `datapackage.json`. Made on {day} at position {seq} of the feed {epoch}.
What changed since: {base}/api/v1/changes?since={seq} – where `epoch` there is another one, take a new package.

## Español

Cada archivo es una tabla de HSDS 3.1; las tablas sin filas están para que las claves siempre apunten a algo. Lo que la
norma no tiene viaja en `attributes.csv`, con los términos de `taxonomy_terms.csv`; el perfil lo explica: {profile}.
La compilación es CC BY 4.0; **cada ficha tiene la licencia de su propia fuente** (atributos `source`, `source-url`,
`source-licence`). Lo que no se sabe está en blanco. Las celdas van tal cual, sin protección contra fórmulas: impórtelas
como texto; para una hoja de cálculo, use {base}/export/organizations.csv.

## English

Each file is a table of HSDS 3.1; tables without rows are there so that every key leads somewhere. What the standard
lacks travels in `attributes.csv`, with the terms of `taxonomy_terms.csv`; the profile explains it: {profile}.
The compilation is CC BY 4.0; **each record has the licence of its own source** (attributes `source`, `source-url`,
`source-licence`). What is not known is blank. Cells are as they are, not made safe from formulas: import them as text;
for a spreadsheet take {base}/export/organizations.csv.

## Français

Chaque fichier est une table de HSDS 3.1 ; les tables sans ligne sont là pour que chaque clé mène quelque part. Ce que
la norme ne prévoit pas voyage dans `attributes.csv`, avec les termes de `taxonomy_terms.csv` ; le profil l'explique :
{profile}. La compilation est sous CC BY 4.0 ; **chaque fiche a la licence de sa propre source** (attributs `source`,
`source-url`, `source-licence`). Ce qu'on ne sait pas est laissé vide. Les cellules sont telles quelles, sans protection
contre les formules : importez-les comme texte ; pour un tableur, prenez {base}/export/organizations.csv.
"""
_CITATION = """cff-version: 1.2.0
message: Cite the directory, and for each record its own source, which the record names.
type: dataset
title: {title}
authors:
  - name: Regional Conference on Migration, Liaison Officer Network for Consular Protection
version: "{epoch}/{seq}"
date-released: {day}
license: CC-BY-4.0
url: {base}
"""


def readme(base_url: str, epoch: str, seq: int, at: datetime) -> str:
    """The README of a package, in Spanish, English and French."""
    return _README.format(
        title=TITLE, base=base_url, profile=f"{base_url}/hsds/profile", epoch=epoch, seq=seq, day=at.date()
    )


def citation(base_url: str, epoch: str, seq: int, at: datetime) -> str:
    """The package as the Citation File Format 1.2 has it."""
    return _CITATION.format(title=TITLE, base=base_url, epoch=epoch, seq=seq, day=at.date())
