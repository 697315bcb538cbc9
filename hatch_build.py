"""Compiles the translation catalogues (.po to .mo), so that an installed package needs no build step."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write a .mo beside every .po under directory/translations."""
        for po_path in sorted((Path(self.root) / "directory" / "translations").rglob("*.po")):
            with po_path.open("rb") as source, po_path.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source))
