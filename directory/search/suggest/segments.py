"""The segments of the open index, as suggestions read them: the one place that knows how rows are held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from directory.search.engine.bitmaps import numbers
from directory.search.engine.segments import Placed
from directory.search.engine.suggest import Mask
from directory.search.index import Generation
from directory.search.suggest.organizations import NamedRecord, RecordSegment

_PLACE_ID = 3
"""The column of location codes that names the gazetteer's place."""


def named_segments(generation: Generation) -> list[RecordSegment]:
    """The segments of a generation with their names."""
    return [_Segment(item, generation.collection.live) for item in generation.collection.placed]


@dataclass(frozen=True)
class _Segment:
    placed: Placed
    all_live: BitMap

    @property
    def segment_id(self) -> str:
        return self.placed.source.segment_id

    def names(self) -> Iterable[Sequence[str]]:
        columns = self.placed.source.columns
        return (columns.named(number)[4:] for number in range(columns.count))

    def live(self) -> Mask:
        own = BitMap(range(self.placed.base, self.placed.end)) & self.all_live
        mask = np.zeros(self.placed.source.columns.count, bool)
        mask[numbers(own) - np.uint32(self.placed.base)] = True
        return mask

    def place_ids(self) -> Iterable[str]:
        columns = self.placed.source.columns
        strings = columns.strings("strings")
        return (strings[code] for code in np.unique(columns["location_codes"][:, _PLACE_ID]).tolist() if code >= 0)

    def record(self, number: int) -> NamedRecord:
        slug, city, admin1, country, name, acronym, *_ = self.placed.source.columns.named(number)
        return NamedRecord(slug, name, acronym or None, city or None, admin1 or None, country)
