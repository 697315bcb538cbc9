"""What of the index lies on disk: the only room that touches Whoosh.

Whoosh keeps postings, stored records and deletions, segment by segment. Beside a large segment lie its columns
(`.cols`) and its folded texts (`.txt`), which can be made again from it. Segments never change: they are opened once
and known by their id. Which of their documents are deleted is read anew with each generation, because `refresh()` and
`reader(reuse=)` of Whoosh return wrong documents after deletes and merges.
"""

from directory.search.store.codec import BLOCK_LIMIT, BlockCodec, MergedTerms
from directory.search.store.segments import Opened, SegmentSource, columns_path, has_columns, open_segments, segments_of
from directory.search.store.writing import MAX_SEGMENTS, change, compact, create, merged_count

__all__ = [
    "BLOCK_LIMIT",
    "MAX_SEGMENTS",
    "BlockCodec",
    "MergedTerms",
    "Opened",
    "SegmentSource",
    "change",
    "columns_path",
    "compact",
    "create",
    "has_columns",
    "merged_count",
    "open_segments",
    "segments_of",
]
