"""The table of phrases: a release takes its own in, the network's changes stay, and reading follows them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.clock import now
from directory.database import begin_write
from directory.extensions import db
from directory.search.engine.query import SearchQuery
from directory.search.execute import read_text
from directory.search.follower import knowledge, search_index
from directory.search.knowledge import KnowledgeBase
from directory.search.phrases.edit import (
    Changed,
    Checker,
    add_phrase,
    change_phrase,
    import_rows,
    last_changes,
    set_disabled,
    undo,
)
from directory.search.phrases.release import take_release
from directory.search.sync import synchronise
from directory.search.understanding.sources.phrases import (
    COLUMNS,
    BadPhrase,
    Fault,
    PhraseRow,
    read_rows,
    release_digest,
    release_rows,
)
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.models import LexiconPhrase, LexiconRevision, PhraseOrigin

JALE = PhraseRow("me quedé sin cantón", "es", "area", "shelter", 1.0)


@pytest.fixture
def lexicon(app: Flask) -> Iterator[Flask]:
    """An application with the release's phrases and an empty index, in a write transaction."""
    synchronise(search_index(), db.session)
    begin_write(db.session)
    yield app


def phrase(row: PhraseRow) -> LexiconPhrase:
    folded, language, _, value = row.key
    query = select(LexiconPhrase).filter_by(folded=folded, language=language, value=value)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def areas_of(text: str) -> set[str]:
    """What is read, after a process has looked whether phrases changed."""
    terms = vocabulary(db.session)
    knowledge().current(db.session, terms)
    knowledge().refresh(db.session, terms)
    reading, _ = read_text(SearchQuery(text), search_index().current())
    return {concept.value for concept in reading.of("area")}


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(LexiconPhrase)) or 0


def test_the_release_is_in_the_table_once(lexicon: Flask) -> None:
    assert count() == sum(1 for _ in release_rows()) == len({row.key for row in release_rows()})
    state = db.session.execute(select(LexiconRevision.number, LexiconRevision.release)).one()
    assert state.release == release_digest()
    assert take_release(db.session).unchanged == 0, "what is the same release is not even compared"


def test_another_release_adds_changes_and_takes_away_but_leaves_what_is_the_networks(lexicon: Flask) -> None:
    rows = list(release_rows())[:40]
    kept, changed, disabled, gone = rows[0], rows[1], rows[2], rows[3]
    change_phrase(db.session, phrase(kept).id, 1, replace(kept, weight=0.7), "test", now())
    set_disabled(db.session, phrase(disabled).id, 1, "test", now(), is_disabled=True)
    coming = [kept, replace(changed, weight=0.55), *rows[4:], JALE]
    tally = take_release(db.session, iter(coming), "another")
    assert (tally.created, tally.updated) == (1, 1)
    assert phrase(kept).weight == 0.7
    assert phrase(kept).origin == PhraseOrigin.NETWORK
    assert phrase(changed).weight == 0.55
    assert phrase(disabled).is_disabled, "a release that has it no more does not bring it back either"
    assert count() == len(coming) + 1
    assert db.session.scalar(select(LexiconPhrase.id).filter_by(folded=gone.folded, value=gone.value)) is None


def test_a_new_phrase_is_read_and_taken_back(lexicon: Flask) -> None:
    assert "shelter" not in areas_of("me quede sin canton")
    add_phrase(db.session, JALE, "test", now())
    assert "shelter" in areas_of("me quede sin canton")
    undo(db.session, last_changes(db.session)[0].id, "test", now())
    assert "shelter" not in areas_of("me quede sin canton")


def test_a_disabled_phrase_is_not_read(lexicon: Flask) -> None:
    row = PhraseRow("perrera", "es", "area", "detention-support", 0.8)
    found = db.session.scalars(select(LexiconPhrase).filter_by(folded="finiquito")).first()
    assert found is not None
    assert found.value in areas_of("finiquito")
    set_disabled(db.session, found.id, found.version, "test", now(), is_disabled=True)
    assert found.value not in areas_of("finiquito")
    set_disabled(db.session, found.id, found.version, "test", now(), is_disabled=False)
    assert found.value in areas_of("finiquito")
    assert row.folded == "perrera"


def test_whoever_saves_second_is_told(lexicon: Flask) -> None:
    found = add_phrase(db.session, JALE, "first", now())
    change_phrase(db.session, found.id, 1, replace(JALE, weight=0.8), "first", now())
    with pytest.raises(Changed):
        change_phrase(db.session, found.id, 1, replace(JALE, weight=0.5), "second", now())
    with pytest.raises(Changed):
        set_disabled(db.session, found.id, 1, "second", now(), is_disabled=True)
    assert phrase(JALE).weight == 0.8
    added = last_changes(db.session)[1]
    with pytest.raises(Changed):
        undo(db.session, added.id, "second", now())


def test_the_same_meaning_twice_is_refused(lexicon: Flask) -> None:
    add_phrase(db.session, JALE, "test", now())
    with pytest.raises(BadPhrase) as caught:
        add_phrase(db.session, replace(JALE, phrase="Me quedé, sin ¡cantón!"), "test", now())
    assert caught.value.fault == Fault.TWICE
    with pytest.raises(BadPhrase) as caught:
        import_rows(db.session, [(2, JALE), (3, JALE)], "test", now())
    assert (caught.value.fault, caught.value.line) == (Fault.TWICE, 3)


def test_an_import_is_one_change_that_can_be_taken_back(lexicon: Flask) -> None:
    known = next(row for row in release_rows() if row.weight == 1)
    before = count()
    assert import_rows(db.session, [(2, JALE), (3, replace(known, weight=0.6))], "test", now()) == 2
    assert import_rows(db.session, [(2, JALE)], "test", now()) == 0, "what is the same is no change"
    undo(db.session, last_changes(db.session)[0].id, "test", now())
    assert count() == before
    assert (phrase(known).weight, phrase(known).origin) == (1, PhraseOrigin.RELEASE)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("¡!,es,area,shelter,1,,,,", Fault.EMPTY),
        ("una frase de más de seis palabras juntas,es,area,shelter,1,,,,", Fault.LONG),
        ("cantón,de,area,shelter,1,,,,", Fault.LANGUAGE),
        ("cantón,es,need,shelter,1,,,,", Fault.KIND),
        ("cantón,es,area,,1,,,,", Fault.VALUE),
        ("cantón,es,area,shelter,2,,,,", Fault.WEIGHT),
        ("cantón,es,area,shelter,nan,,,,", Fault.WEIGHT),
        ("cantón,es,area,shelter,mucho,,,,", Fault.WEIGHT),
        ("cantón,es,area,shelter,1,,,,javascript:alert(1)", Fault.LINK),
        ("cantón,es,area", Fault.COLUMNS),
        ("cantón,es,area,shelter,1,,,,,more", Fault.COLUMNS),
        ('"cantón,es,area', Fault.COLUMNS),
        (f"{'x' * 130},es,area,shelter,1,,,,", Fault.LONG),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line(cells: str, fault: Fault) -> None:
    lines = [",".join(COLUMNS) + "\r\n", "techo,es,area,shelter,1,,,,\r\n", cells]
    with pytest.raises(BadPhrase) as caught:
        list(read_rows(lines))
    assert (caught.value.fault, caught.value.line) == (fault, 3)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (replace(JALE, phrase="de"), Fault.STOP_WORD),
        (replace(JALE, value="castle"), Fault.VALUE),
        (replace(JALE, kind="nationality", value="ZZ"), Fault.VALUE),
        (replace(JALE, kind="place", value="g0"), Fault.VALUE),
        (replace(JALE, kind="place", value="91,0,5"), Fault.VALUE),
        (replace(JALE, kind="place", value="county:99999"), Fault.VALUE),
        (replace(JALE, needs="moon"), Fault.NEEDS),
        (replace(JALE, needs="area:castle"), Fault.NEEDS),
        (replace(JALE, implies="population:knights"), Fault.IMPLIES),
    ],
)
def test_what_is_gone_cannot_be_meant(app: Flask, row: PhraseRow, fault: Fault) -> None:
    with pytest.raises(BadPhrase) as caught:
        Checker(db.session, vocabulary(db.session)).check(row)
    assert caught.value.fault == fault


@pytest.mark.parametrize("value", ["t-mcallen", "US-TX", "US-TX+US-LA", "county:48215", "26.2,-98.2,30", "MX"])
def test_every_form_of_a_place_is_known(app: Flask, value: str) -> None:
    Checker(db.session, vocabulary(db.session)).check(replace(JALE, kind="place", value=value, needs="at|kind:place"))


def test_the_release_says_only_what_exists(seeded: Flask) -> None:
    checker = Checker(db.session, vocabulary(db.session))
    for row in release_rows():
        checker.check(row)


def test_every_process_follows_within_one_look(lexicon: Flask, tmp_path: Path) -> None:
    terms = vocabulary(db.session)
    here, there = KnowledgeBase(tmp_path), KnowledgeBase(tmp_path)
    for base in (here, there):
        base.current(db.session, terms)
    add_phrase(db.session, JALE, "test", now())
    assert here.revision == there.revision
    for base in (here, there):
        base.refresh(db.session, terms)
        assert base.current(db.session, terms).lexicon.find(JALE.folded.split(" "))
    assert here.revision == there.revision == db.session.scalar(select(LexiconRevision.number))
    assert len(list(tmp_path.glob("phrases-*.bin"))) == 1, "the former one goes"


def test_a_damaged_file_of_phrases_is_made_anew(lexicon: Flask, tmp_path: Path) -> None:
    terms = vocabulary(db.session)
    KnowledgeBase(tmp_path).current(db.session, terms)
    path = next(tmp_path.glob("phrases-*.bin"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert KnowledgeBase(tmp_path).current(db.session, terms).lexicon.find(["albergue"])
    assert path.read_bytes() == whole


def test_undo_never_takes_another_phrase(lexicon: Flask) -> None:
    """A number is given once: who undoes an addition twice does not delete what came after it."""
    first = add_phrase(db.session, JALE, "test", now()).id
    added = last_changes(db.session)[0].id
    undo(db.session, added, "test", now())
    other = replace(JALE, phrase="me quedé sin techito")
    assert add_phrase(db.session, other, "test", now()).id != first
    with pytest.raises(Changed):
        undo(db.session, added, "test", now())
    assert phrase(other)


def test_a_corrected_meaning_stays_corrected_at_the_next_release(lexicon: Flask) -> None:
    rows = list(release_rows())
    wrong = next(row for row in rows if row.kind == "area" and row.value != "shelter" and len(row.folded) > 12)
    right = replace(wrong, value="shelter")
    change_phrase(db.session, phrase(wrong).id, 1, right, "test", now())
    assert phrase(wrong).is_disabled
    assert phrase(right).origin == PhraseOrigin.NETWORK
    take_release(db.session, iter(rows), "another")
    assert phrase(wrong).is_disabled, "the release does not bring back what somebody mended"
    undo(db.session, last_changes(db.session)[0].id, "test", now())
    assert not phrase(wrong).is_disabled
    assert db.session.scalar(select(LexiconRevision.release)) == "", "the next start compares with the release"


def test_undo_of_what_somebody_else_wrote_meanwhile_is_refused(lexicon: Flask) -> None:
    own = add_phrase(db.session, JALE, "test", now())
    moved = replace(JALE, value="food")
    change_phrase(db.session, own.id, 1, moved, "test", now())
    change = last_changes(db.session)[0].id
    disabled = phrase(JALE)
    set_disabled(db.session, disabled.id, disabled.version, "other", now(), is_disabled=False)
    with pytest.raises(Changed):
        undo(db.session, change, "test", now())


def test_signs_that_nobody_sees_are_left_out(lexicon: Flask) -> None:
    header = ",".join(COLUMNS) + "\n"
    ((_, row),) = read_rows([header, "sin\0 \u200btecho,es,area,shelter,1,,,una\x07 nota,\n"])
    assert (row.phrase, row.note) == ("sin techo", "una nota")


def test_threads_that_look_at_once_make_one_file(lexicon: Flask, tmp_path: Path) -> None:
    db.session.commit()
    terms = vocabulary(db.session)
    base = KnowledgeBase(tmp_path)
    base.current(db.session, terms)
    db.session.rollback()
    begin_write(db.session)
    add_phrase(db.session, JALE, "test", now())
    db.session.commit()
    problems: list[BaseException] = []

    def look() -> None:
        with lexicon.app_context():
            try:
                base.refresh(db.session, terms)
            except BaseException as error:
                problems.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert base.current(db.session, terms).lexicon.find(JALE.folded.split(" "))
    assert [path.suffix for path in tmp_path.glob("phrases-*")] == [".bin"]
