"""The pocket guide of a consulate: what stands in it and in which order, as a page and as PDF, and how it is made."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from directory.accounts.models import Role
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.organizations.services import Service, ServiceCoverage
from directory.publication.consulates import find_consulates
from directory.search.engine.query import ConsulateFilter, PlaceArea
from directory.search.follower import search_index
from directory.search.sync import synchronise
from directory.web.display import small_qr
from directory.web.paper.guide import Guide, guide_of
from directory.web.paper.guide_jobs import STALE_AFTER_S, GuideFile, State, guide_file, pdf_of
from tests.client import find_all, text_of
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row
from tests.shell import run
from tests.site import database, hidden_fields, make_user, organization_id, read, signed_in, visitor

GUIDE = "/en/consulates/hn-ejemplo/guide"
WHOLE = f"{GUIDE}?all=1"
ROWS = (
    {"name": "Zeta Legal", "city": "McAllen", "admin1": "US-TX", "areas": "shelter|legal-aid"},
    {"name": "Alfa Refugio", "city": "McAllen", "admin1": "US-TX", "areas": "shelter", "visibility": "city_only",
     "address": "Calle Secreta 5"},
    {"name": "Beta Abrigo", "city": "Austin", "admin1": "US-TX", "areas": "shelter", "address": "1 Open Street"},
    {"name": "Gamma Casa", "city": "Tijuana", "admin1": "MX-BCN", "country": "MX", "areas": "food"},
    {"name": "Lejana", "city": "Toronto", "admin1": "CA-ON", "country": "CA", "areas": "legal-aid",
     "phones": "416 555 0102"},
    {"name": "Otra Lejana", "city": "Toronto", "admin1": "CA-ON", "country": "CA", "areas": "legal-aid"},
)  # fmt: skip


def _row(row: dict[str, str]) -> dict[str, str]:
    key = row["name"].lower().replace(" ", "-")
    country = row.get("country", "US")
    return organization_row(
        organization_key=key,
        name=row["name"],
        country=country,
        service_areas=row["areas"],
        location_key=f"{key}/1",
        location_country=country,
        location_admin1=row["admin1"],
        location_city=row["city"],
        location_service_areas=row["areas"],
        visibility=row.get("visibility", "public"),
        address=row.get("address", ""),
        phones=row.get("phones", ""),
    )


def _fill(folder: Path, *more: dict[str, str]) -> None:
    hidden = _row({"name": "Beta Abrigo", "city": "McAllen", "admin1": "US-TX", "areas": "shelter"})
    hidden |= {"location_key": "beta-abrigo/2", "visibility": "hidden", "address": "9 Hidden Lane"}
    add_organizations(folder, *(_row(row) for row in ROWS), hidden, *more)
    add_consulates(
        folder,
        consulate_row(
            jurisdiction="US-TX|MX-BCN",
            jurisdiction_state="known",
            phones="+1 956 555 0199",
            protection_phones="+1 956 555 0100",
        ),
    )


@pytest.fixture
def filled(site: Flask, tmp_path: Path) -> Flask:
    """A consulate in McAllen that serves Texas and Baja California, and who helps there."""
    with site.app_context():
        _fill(tmp_path)
    with database(site):
        service = db.session.scalars(select(Service).where(Service.organization_id == organization_id("Lejana"))).one()
        db.session.add(ServiceCoverage(service_id=service.id, code="US-TX"))
    with site.app_context():
        synchronise(search_index(), db.session)
        db.session.remove()
    return site


def _guide(limit: int = 600) -> Guide:
    return guide_of(find_consulates(db.session)[0], "en", limit)


@pytest.fixture
def guide(filled: Flask) -> Iterator[Guide]:
    """Its guide."""
    with filled.test_request_context("/en/"):
        yield _guide()
        db.session.remove()


def test_the_seat_and_its_region_come_first_and_who_only_covers_the_area_last(guide: Guide) -> None:
    assert [entry.record.name for entry in guide.entries] == [
        "Zeta Legal", "Alfa Refugio", "Beta Abrigo", "Gamma Casa", "Lejana"
    ]  # fmt: skip
    headings = [heading.text for entry in guide.entries for heading in entry.headings]
    assert headings == [
        "Texas", "McAllen", "Legal help", "Basic needs", "Austin", "Basic needs",
        "Baja California, Mexico", "Tijuana", "Basic needs",
        "By phone, for the whole area", "Legal help",
    ]  # fmt: skip
    assert [(line.text, line.organizations) for line in guide.index] == [
        ("Texas", 3), ("Baja California, Mexico", 1), ("By phone, for the whole area", 1)
    ]  # fmt: skip
    assert [town.text for town in guide.index[0].towns] == ["McAllen", "Austin"]
    assert (guide.organizations, guide.total) == (5, 5)


def test_an_organization_stands_once_in_a_place_with_all_its_needs(guide: Guide) -> None:
    first = guide.entries[0]
    assert first.group == "legal"
    assert set(first.areas) == {"legal-aid", "shelter"}
    assert [entry.record.name for entry in guide.entries].count("Zeta Legal") == 1


def test_the_page_is_valid_and_says_who_helps(filled: Flask) -> None:
    page = visitor(filled).page(WHOLE)
    text = text_of(page)
    assert [text_of(item) for item in find_all(page, "h2")][-3:] == [
        "Texas", "Baja California, Mexico", "By phone, for the whole area"
    ]  # fmt: skip
    assert text.index("+1 956-555-0100") < text.index("+1 956-555-0199")
    assert "They never charge for a place or a form." in text
    assert "1 Open Street" in text
    assert "Protected: the address is given on contact." in text
    assert "Not confirmed · source of January 2026" in text
    assert "localhost/en/organizations/zeta-legal" in text
    assert "Works from Toronto, Ontario." in text
    assert "+1 416-555-0102" in text
    for path in ("/es/consulates/hn-ejemplo/guide", "/fr/consulates/hn-ejemplo/guide"):
        visitor(filled).page(path)
    assert GUIDE in visitor(filled).get("/en/consulates/hn-ejemplo").get_data(as_text=True)


def test_protected_and_hidden_places_never_reach_the_guide(filled: Flask) -> None:
    html = visitor(filled).get(WHOLE).get_data(as_text=True)
    assert "Calle Secreta" not in html
    assert "9 Hidden Lane" not in html
    assert html.count(">Beta Abrigo</h5>") == 1
    assert "Otra Lejana" not in html


def test_four_pages_hold_the_nearest_by_need(filled: Flask) -> None:
    page = visitor(filled).page(GUIDE)
    text = text_of(page)
    assert "Legal" in text and "Zeta Legal" in text and "+1 956-555-0100" in text
    assert "Calle Secreta" not in text and "9 Hidden Lane" not in text
    sections = [item for item in find_all(page, "section") if find_all(item, "article")]
    assert sections and all(len(find_all(item, "article")) <= 4 for item in sections)
    links = [link.get("href") for link in find_all(page, "a")]
    assert WHOLE in links and GUIDE in [link.get("href") for link in find_all(visitor(filled).page(WHOLE), "a")]


def test_a_code_leads_to_the_live_record(filled: Flask) -> None:
    html = visitor(filled).get(WHOLE).get_data(as_text=True)
    for slug in ("zeta-legal", "gamma-casa"):
        assert str(small_qr(f"http://localhost/en/organizations/{slug}")) in html
    assert str(small_qr("http://localhost/en/consulates/hn-ejemplo")) in html


def test_more_than_a_pocket_holds_is_said(filled: Flask) -> None:
    with filled.test_request_context("/en/"):
        small = _guide(limit=3)
        assert (small.organizations, small.total) == (3, 5)
        assert {entry.record.name for entry in small.entries} == {"Alfa Refugio", "Beta Abrigo", "Zeta Legal"}
        front = current_app.jinja_env.get_template("paper/guide_pdf.html").render(
            guide=small, entries=None, pages={}, address="http://localhost/x", code=small_qr, lang="en",
            admin1=str, country=str,
        )  # fmt: skip
        db.session.remove()
    assert "Its area has 5 organizations, more than a pocket holds: here are 3" in front


@pytest.mark.parametrize(
    ("code", "overlaps"), [("US", True), ("US-TX", True), ("US-NY", False), ("US-NM", False), ("MX", False)]
)
def test_a_country_or_region_overlaps_a_jurisdiction(code: str, overlaps: bool) -> None:
    texas = PlaceArea("US", "US-TX", None, excludes=False)
    mexico_out = PlaceArea("US", "US-NM", None, excludes=True)
    assert ConsulateFilter("x", (texas, mexico_out)).overlaps(code) is overlaps


def test_former_unknown_and_removed_consulates(filled: Flask) -> None:
    visitor(filled).page("/en/consulates/nowhere/guide", status=404)
    assert visitor(filled).get("/en/consulates/nowhere/guide.pdf").status_code == 404


def test_a_consulate_without_area_has_a_guide_that_says_so(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        add_consulates(tmp_path, consulate_row(city="", admin1="", jurisdiction_state="unknown"))
        synchronise(search_index(), db.session)
        db.session.remove()
    assert "No source says which places it serves." in text_of(visitor(site).page(GUIDE))


# The PDF


def _pages(pdf: bytes) -> int:
    """How many pages a PDF has; most of its objects lie in compressed streams."""
    assert pdf.startswith(b"%PDF")
    plain = pdf
    for stream in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            plain += zlib.decompress(stream)
    return len(re.findall(rb"/Type /Page\b", plain))


def test_a_pdf_has_pages_and_its_progress_reaches_the_total(filled: Flask) -> None:
    told: list[tuple[int, int]] = []
    with filled.app_context():
        pdf = pdf_of(find_consulates(db.session)[0], "en", lambda done, total: told.append((done, total)))
        db.session.remove()
    assert _pages(pdf) >= 2
    assert told[-1] == (5, 5)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_chunks_leave_no_gap_and_the_index_names_the_right_pages(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same pages whether set in many chunks or at once; a place's number is that of its page."""
    from directory.web.paper import guide_pdf

    consulate = next(item for item in find_consulates(db.session) if item.slug == "mx-dallas")
    guide = guide_of(consulate, "en")
    found = []
    for chunk in (15, 1000):
        monkeypatch.setattr(guide_pdf, "CHUNK", chunk)
        setter = guide_pdf._Setter(guide)
        first = len(setter.front().pages) + 1
        setter.entries(first, lambda _done, _total: None)
        for number, page in enumerate(setter.pages, first):
            assert all(setter.page_of[anchor] <= number for anchor in page.anchors)
        found.append((len(setter.pages), setter.page_of))
    assert len(guide.entries) > 15
    assert found[0] == found[1]
    anchors = {line.anchor for region in guide.index for line in (region, *region.towns)}
    assert anchors <= set(found[0][1])


@pytest.mark.parametrize(
    "address",
    ["https://example.org/x.css", "http://127.0.0.1/", "file:///etc/passwd", "style:../secret_key",
     "style:components.css", "data:text/css,p{}", "guide.css"],
)  # fmt: skip
def test_the_fetcher_gives_nothing_but_our_own_styles_and_codes(address: str) -> None:
    from directory.web.paper.guide_pdf import OwnFiles

    with pytest.raises(PermissionError):
        OwnFiles().fetch(address)


def test_the_fetcher_gives_our_styles_and_codes() -> None:
    from directory.web.paper.guide_pdf import OwnFiles

    assert b"@page" in OwnFiles().fetch("style:guide.css").read()
    assert OwnFiles().fetch("qr:https://example.org/").read().startswith(b"\x89PNG")


# Making it


def _join() -> None:
    for thread in threading.enumerate():
        if thread.name == "guide-maker":
            thread.join(60)
            assert not thread.is_alive()


def _officer(app: Flask) -> uuid.UUID:
    consulate_id = read(app, lambda: db.session.scalars(select(Consulate.id)).one())
    return make_user(app, "o@x.example", Role.CONSULATE, consulate_id=consulate_id, second_factor=False)


def _file(app: Flask) -> GuideFile:
    file: GuideFile = read(app, lambda: guide_file(find_consulates(db.session)[0], "en"))
    return file


def test_an_officer_has_it_made_and_anybody_opens_it(filled: Flask) -> None:
    anybody = visitor(filled)
    answer = anybody.get(f"{GUIDE}.pdf")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{GUIDE}/progress")
    assert "Make the PDF" not in text_of(anybody.page(f"{GUIDE}/progress", title_is_h1=True))
    officer = signed_in(filled, _officer(filled))
    page = officer.get(f"{GUIDE}/progress").get_data(as_text=True)
    answer = officer.post(f"{GUIDE}/make", data=hidden_fields(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{GUIDE}/progress")
    _join()
    text = anybody.get(f"{GUIDE}/progress").get_data(as_text=True)
    assert "The guide is ready." in text
    assert "http-equiv" not in text
    answer = anybody.get(f"{GUIDE}.pdf")
    assert answer.mimetype == "application/pdf"
    assert "guide-hn-ejemplo-en-" in answer.headers["Content-Disposition"]
    assert _pages(answer.get_data()) >= 2
    assert sorted(path.suffix for path in _file(filled).folder.iterdir()) == ["", ".pdf"]


def test_making_asks_for_a_sign_in_and_a_token(filled: Flask) -> None:
    stranger = visitor(filled)
    page = stranger.get("/en/login").get_data(as_text=True)
    answer = stranger.post(f"{GUIDE}/make", data=hidden_fields(page))
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]
    officer = signed_in(filled, _officer(filled))
    assert officer.post(f"{GUIDE}/make").status_code == 400
    assert _file(filled).state() == State.ABSENT


def test_the_progress_page_renews_itself_while_it_runs(filled: Flask) -> None:
    file = _file(filled)
    assert file.take()
    page = visitor(filled).page(f"{GUIDE}/progress")
    assert "The organizations are being gathered." in text_of(page)
    file.note(30, 120)
    page = visitor(filled).page(f"{GUIDE}/progress")
    assert "30 of 120 entries are set: 25 %." in text_of(page)
    bar = find_all(page, "progress")[0]
    assert (bar.get("value"), bar.get("max")) == ("30", "120")
    assert [item.get("content") for item in find_all(page, "meta") if item.get("http-equiv") == "refresh"] == ["2"]


def test_a_lock_keeps_others_out_until_it_is_stale(tmp_path: Path) -> None:
    file = GuideFile(tmp_path / "guides", "d" * 32)
    assert file.state() == State.ABSENT
    assert file.take()
    assert file.state() == State.RUNNING
    assert not file.take()
    past = time.time() - STALE_AFTER_S - 1
    os.utime(tmp_path / "guides" / f"{'d' * 32}.lock", (past, past))
    assert file.state() == State.STOPPED
    assert file.take()
    assert file.state() == State.RUNNING
    assert not file.take()


def test_a_new_guide_removes_old_ones_of_other_days(tmp_path: Path) -> None:
    old, fresh, mine = (GuideFile(tmp_path, letter * 32) for letter in "abc")
    for file in (old, fresh):
        assert file.take()
        file.finish(b"%PDF")
    past = time.time() - 3 * 24 * 3600
    os.utime(old.pdf, (past, past))
    assert mine.take()
    mine.finish(b"%PDF")
    assert [file.state() for file in (old, fresh, mine)] == [State.ABSENT, State.READY, State.READY]


def test_a_job_that_fails_leaves_word_and_can_be_tried_again(filled: Flask) -> None:
    """A folder stands where the finished file would go."""
    file = _file(filled)
    officer = signed_in(filled, _officer(filled))
    token = hidden_fields(officer.get(f"{GUIDE}/progress").get_data(as_text=True))
    index = filled.extensions["directory.settings"].index_dir
    index.rename(index.with_name("index-away"))
    index.write_text("in the way of a new one")
    officer.post(f"{GUIDE}/make", data=token)
    _join()
    assert file.state() == State.FAILED
    page = officer.get(f"{GUIDE}/progress").get_data(as_text=True)
    assert "The guide could not be made." in page
    assert "http-equiv" not in page
    index.unlink()
    index.with_name("index-away").rename(index)
    officer.post(f"{GUIDE}/make", data=hidden_fields(page))
    _join()
    assert file.state() == State.READY


def test_without_weasyprint_the_pdf_pages_say_what_to_do(filled: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.delitem(sys.modules, "directory.web.paper.guide_pdf", raising=False)
    for path in (f"{GUIDE}.pdf", f"{GUIDE}/progress"):
        page = visitor(filled).page(path, status=404)
        assert "This installation makes no PDF files." in text_of(page)


# The command


def test_the_command_writes_a_pdf(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    assert run(data_dir, "init", "--no-seed").returncode == 0
    consulates = tmp_path / "consulates.csv"
    consulates.write_text(
        "consulate_key,sending_country,host_country,kind,status,admin1,jurisdiction,jurisdiction_state,source_name\n"
        "hn-ejemplo,HN,US,consulate,open,US-TX,US-TX,known,A fictional list\n"
    )
    assert run(data_dir, "import", str(consulates), "--kind", "consulates").returncode == 0
    output = tmp_path / "guide.pdf"
    slug = "hn-ejemplo"
    result = run(data_dir, "guide", slug, "--lang", "es", "--output", str(output))
    assert result.returncode == 0, result.stderr
    assert "entries: 1 of 1" in result.stderr
    assert _pages(output.read_bytes()) >= 1
    unknown = run(data_dir, "guide", "nowhere", "--output", str(output))
    assert unknown.returncode == 2
    assert "there is no consulate 'nowhere'" in unknown.stderr
    assert "Traceback" not in unknown.stderr
