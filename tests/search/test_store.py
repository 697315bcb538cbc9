"""What lies on disk: blocks of postings, the bound on segments and its cost, columns, digests, crashes."""

from __future__ import annotations

import json
import random
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from directory.extensions import db
from directory.search import builds, store
from directory.search.documents import Document
from directory.search.engine.columns import build_arrays, packed, phrase_text, unpacked
from directory.search.engine.query import SearchQuery
from directory.search.engine.weights import merged_weights
from directory.search.execute import execute
from directory.search.files import MANIFEST, digest
from directory.search.follower import search_index
from directory.search.index import SearchIndex
from directory.search.marks import IndexMissing
from directory.search.store import BLOCK_LIMIT, MAX_SEGMENTS, SegmentSource, merged_count, segments_of, writing
from directory.search.sync import differences, is_behind, synchronise
from tests.factories import add_organizations, organization_row
from tests.search.corpora import Commit, after, commits
from tests.search.test_engine_equality import MARK, SLOWLY, apply, index

STORED = {
    "sort": "", "slug": "", "place": [None, None, None],
    "names": ["", ""], "revision": 1, "spelling": [], "texts": [], "folded": " ",
    "countries": [], "admin1s": [], "areas": [], "populations": [], "languages": [], "nationalities": [],
    "verified": None, "interval": 90, "due_since": None, "reachable": True, "availability": [], "locations": [],
}  # fmt: skip


def plain_documents(count: int, dice: random.Random, first: int = 0) -> list[Document]:
    """Documents of a few words: one that all have, others that some have."""
    shares = {"all": 1.0, "most": 0.9, "half": 0.5, "some": 0.05, "few": 0.002}
    return [
        Document(
            str(uuid.UUID(int=number)),
            {"name": [word for word, share in shares.items() for _ in range(2) if dice.random() < share]},
            STORED,
        )
        for number in range(first, first + count)
    ]


def one_by_one(source: SegmentSource, term: str) -> tuple[list[int], list[float]]:
    """A term's postings as Whoosh reads them in a merge."""
    matcher = source._reader._terms.matcher("terms", term.encode(), store.MergedTerms().format)
    numbers, weights = [], []
    while matcher.is_active():
        numbers.append(matcher.id())
        weights.append(matcher.weight())
        matcher.next()
    return numbers, weights


def terms_of(source: SegmentSource) -> list[str]:
    """All terms of a segment's dictionary."""
    return [term.decode() for field, term in source._reader._terms.terms() if field == "terms"]


def check_blocks(made: SearchIndex) -> None:
    """Every term of every segment, block-wise, is what it is one by one, and has the weights that were written."""
    for source in made.current().sources.values():
        for term in terms_of(source):
            numbers, weights = source.postings(term)
            assert (numbers.tolist(), weights.tolist()) == one_by_one(source, term)
            assert (np.diff(numbers.astype(np.int64)) > 0).all()


def check_weights(made: SearchIndex, living: Iterable[Document]) -> None:
    """What live documents hold is what they were written with, in float32; nothing else is live."""
    expected = {
        (document.id, term): float(np.float32(weight))
        for document in living
        for term, weight in merged_weights(document.fields).items()
    }
    collection, found = made.current().collection, {}
    for placed in collection.placed:
        for term in terms_of(placed.source):  # type: ignore[arg-type]
            for number, weight in zip(*map(np.ndarray.tolist, placed.source.postings(term)), strict=True):
                if placed.base + number in collection.live:
                    found[str(collection.identity(placed.base + number)), term] = weight
    assert found == expected


@settings(SLOWLY, max_examples=25)
@given(commits())
def test_postings_survive_edits_and_merges(history: list[Commit]) -> None:
    with pytest.MonkeyPatch.context() as patched, index(history[0]) as made:
        patched.setattr(writing, "MAX_SEGMENTS", 2)
        for commit in history[1:]:
            apply(made, commit)
        check_blocks(made)
        check_weights(made, after(history))


@settings(SLOWLY, max_examples=3, phases=(Phase.explicit, Phase.generate))
@given(st.sampled_from([-1, 0, 1, BLOCK_LIMIT + 1]), st.integers(0, 2**32).map(random.Random))
def test_terms_of_several_blocks(beyond: int, dice: random.Random) -> None:
    """Terms with more than 1,024 and 2,048 postings, before and after a third is deleted and all is merged."""
    count = BLOCK_LIMIT + beyond
    documents = plain_documents(count, dice)
    with pytest.MonkeyPatch.context() as patched, index(Commit((), tuple(documents))) as made:
        check_blocks(made)
        numbers, _ = next(iter(made.current().sources.values())).postings("=all")
        assert len(numbers) == count
        patched.setattr(writing, "MAX_SEGMENTS", 1)
        new = plain_documents(BLOCK_LIMIT, dice, first=count)
        apply(made, Commit(tuple(item.id for item in documents[::3]), tuple(new)))
        assert len(made.current().sources) == 1
        check_blocks(made)
        kept = [item for number, item in enumerate(documents) if number % 3]
        check_weights(made, [*kept, *new])


def test_there_are_never_more_than_ten_segments() -> None:
    dice = random.Random(7)
    for _ in range(300):
        sizes: list[int] = []
        for _ in range(60):
            sizes = sorted([*sizes, dice.choice((1, 1, 1, 7, 100, 1000, 20_000))])
            if merged := merged_count(sizes):
                sizes = sorted([*sizes[merged:], sum(sizes[:merged])])
            assert len(sizes) <= MAX_SEGMENTS


def test_the_bound_holds_on_disk() -> None:
    documents = plain_documents(40, random.Random(1))
    with index(Commit((), tuple(documents[:10]))) as made:
        seen = set(made.current().sources)
        former = seen
        for number in range(10, 40):
            apply(made, Commit((documents[number - 10].id,), (documents[number],)))
            now = set(made.current().sources)
            assert len(now) <= MAX_SEGMENTS
            assert not (now - former) & seen, "the id of a segment is never given again"
            assert 1 <= len(now - former) <= 2, "that of the commit, or a merged one, or both"
            seen, former = seen | now, now


def test_what_the_bound_costs() -> None:
    """10,000 commits, each of which changes one of 20,000 records: seven others are written anew for each on average,
    and the large segment that was there first, never."""
    dice = random.Random(1)
    sizes, written, rewrites_of_large = [20_000], 0, 0
    for _ in range(10_000):
        at = dice.choices(range(len(sizes)), weights=sizes)[0]
        sizes[at] -= 1
        sizes = sorted([*(size for size in sizes if size), 1])
        merged = merged_count(sizes)
        written += sum(sizes[:merged])
        rewrites_of_large += any(size > 10_000 for size in sizes[:merged])
        if merged:
            sizes = sorted([*sizes[merged:], sum(sizes[:merged])])
    assert sum(sizes) == 20_000
    assert written / 10_000 < 7  # measured: 6.65
    assert rewrites_of_large == 0


@settings(SLOWLY, max_examples=10)
@given(commits())
def test_columns_on_disk_are_those_of_the_stored_records(history: list[Commit]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "ON_DISK_FROM", 2)
        patched.setattr(writing, "MAX_SEGMENTS", 2)
        with index(history[0]) as made:
            for commit in history[1:]:
                apply(made, commit)
            for segment in segments_of(made.store.current()):
                source = SegmentSource(made.store.current(), segment)
                path = store.columns_path(made.store.current(), source.segment_id)
                assert store.has_columns(path) == (segment.doc_count_all() >= 2)
                records = list(source.records())
                for name, expected in build_arrays(records).items():
                    assert source.columns[name].dtype == expected.dtype
                    np.testing.assert_array_equal(source.columns[name], expected)
                text, starts = phrase_text(records)
                assert (bytes(source.text[:]), source.text_starts.tolist()) == (text, starts.tolist())


# Digests, damage and crashes, with a database to build anew from.


@pytest.fixture
def on_disk(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of two segments whose columns and texts lie beside them."""
    monkeypatch.setattr(writing, "ON_DISK_FROM", 2)
    monkeypatch.setattr(builds, "_OPEN_WAIT_S", 0.001)
    add_organizations(tmp_path, organization_row())
    synchronise(search_index(), db.session)
    add_organizations(tmp_path, organization_row(organization_key="b", location_key="b/1", name="Hogar Modelo"))
    synchronise(search_index(), db.session)
    assert totals() == (1, 1)
    build = search_index().store.current()
    assert len(list(build.glob("*.cols"))) == len(list(build.glob("*.txt"))) == len(list(build.glob("*.pst"))) == 2
    return build


def totals(fresh: SearchIndex | None = None) -> tuple[int, int]:
    """What each of the two records is found by, in the application's index or through another reader."""
    if fresh is not None:
        fresh.look()
        assert fresh.damage is None, fresh.damage
    return execute(SearchQuery(text="ejemplo")).total, execute(SearchQuery(text="modelo")).total


def reader() -> SearchIndex:
    """Another process, as it were: it has opened nothing yet."""
    return SearchIndex(search_index().store.folder, 2**20)


def test_digests_cover_columns_and_texts(on_disk: Path) -> None:
    manifest = (on_disk / MANIFEST).read_text()
    files = [
        path.name for path in on_disk.iterdir() if path.suffix in (".trm", ".pst", ".col", ".cols", ".txt", ".toc")
    ]
    assert len(files) == 11
    assert all(f'"{name}"' in manifest for name in files)


@pytest.mark.parametrize("suffix", [".cols", ".txt"])
def test_missing_columns_or_texts_are_made_again(on_disk: Path, tmp_path: Path, suffix: str) -> None:
    for path in on_disk.glob(f"*{suffix}"):
        path.unlink()
    again = reader()
    again.look()
    assert again.damage is None
    assert again.current().collection.live_count == 2
    add_organizations(tmp_path, organization_row(organization_key="c", location_key="c/1", name="Otro Ejemplo"))
    assert not synchronise(search_index(), db.session).rebuilt
    assert totals(reader()) == (2, 1)
    assert len(list(on_disk.glob(f"*{suffix}"))) == 3
    assert differences(reader(), db.session) == []


def test_the_index_of_a_release_with_other_columns_is_built_anew(on_disk: Path) -> None:
    path = next(on_disk.glob("*.cols"))
    arrays = dict(unpacked(path.read_bytes()))
    del arrays["is_mute"]
    replacement = path.with_suffix(".other")
    replacement.write_bytes(b"".join(packed(arrays)))
    replacement.replace(path)
    manifest = on_disk / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {path.name: digest(path)}))
    again = reader()
    assert is_behind(again, db.session)
    assert synchronise(again, db.session).rebuilt
    assert totals(reader()) == (1, 1)


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [
        (".cols", "flipped"),
        (".cols", "cut"),
        (".txt", "flipped"),
        (".txt", "empty"),
        (".toc", "cut"),
        (".json", "empty"),
    ],
)
def test_damage_is_noticed_and_mended_while_the_old_generation_answers(on_disk: Path, suffix: str, damage: str) -> None:
    path = next(on_disk.glob(f"*{suffix}"))
    content = path.read_bytes()
    half = len(content) // 2
    other = {
        "flipped": content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :],
        "cut": content[:half],
        "empty": b"",
    }
    replacement = path.with_suffix(".other")
    replacement.write_bytes(other[damage])
    replacement.replace(path)
    again = reader()
    again.look()
    assert again.damage is not None
    with pytest.raises(IndexMissing):
        again.current()
    assert totals() == (1, 1)
    assert is_behind(again, db.session)
    assert synchronise(again, db.session).rebuilt
    search_index().look()
    assert totals(reader()) == (1, 1)
    assert differences(again, db.session) == []


def test_a_file_that_was_only_touched_is_opened_again(on_disk: Path) -> None:
    for path in on_disk.glob("*.pst"):
        path.touch()
    with pytest.raises(IndexMissing):
        execute(SearchQuery(text="casa"))
    search_index().look()
    assert totals() == (1, 1)


def test_stray_files_of_a_crash_are_survived(on_disk: Path, tmp_path: Path) -> None:
    """A writer that was killed before its table of contents: files that nothing names."""
    segment = next(on_disk.glob("*.pst"))
    shutil.copy(segment, on_disk / "MAIN_0123456789abcdef.pst")
    (on_disk / "MAIN_0123456789abcdef.cols.tmp").write_bytes(b"half")
    (on_disk / "MAIN_0123456789abcdef.txt").write_bytes(b"")
    (on_disk / f"{MANIFEST}.12345678").write_text("{")
    assert totals(reader()) == (1, 1)
    add_organizations(tmp_path, organization_row(organization_key="c", location_key="c/1", name="Otro Ejemplo"))
    assert not synchronise(search_index(), db.session).rebuilt
    assert totals(reader()) == (2, 1)
    assert not list(on_disk.glob("MAIN_0123456789abcdef.pst"))


@pytest.mark.parametrize("half", ["nothing", "columns"])
def test_a_crash_between_writing_and_manifest_is_survived(on_disk: Path, tmp_path: Path, half: str) -> None:
    """The table of contents names a segment whose digest nobody wrote, perhaps with columns cut off in the middle."""
    manifest = (on_disk / MANIFEST).read_bytes()
    before = set(on_disk.glob("*.cols"))
    store.change(on_disk, [], plain_documents(3, random.Random(1)), search_index().current().mark)
    assert (on_disk / MANIFEST).read_bytes() == manifest
    if half == "columns":
        (fresh,) = set(on_disk.glob("*.cols")) - before
        fresh.write_bytes(fresh.read_bytes()[:100])
    assert totals() == (1, 1)
    again = reader()
    assert is_behind(again, db.session)
    assert again.damage is not None
    assert synchronise(again, db.session).rebuilt
    search_index().look()
    assert totals(reader()) == (1, 1)
    assert differences(again, db.session) == []


def test_a_process_that_lived_through_the_crash_of_another_goes_on(on_disk: Path, tmp_path: Path) -> None:
    """The writer died before the manifest; one that has the former generation open applies the changes again."""
    store.change(on_disk, [], [], MARK)
    add_organizations(tmp_path, organization_row(organization_key="c", location_key="c/1", name="Otro Ejemplo"))
    synchronise(search_index(), db.session)
    assert totals(reader()) == (2, 1)
    assert differences(reader(), db.session) == []
