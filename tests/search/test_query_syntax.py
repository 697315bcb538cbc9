"""What a query may say: words, "phrases", -exclusions, beginnings, literal words, misspelt words."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from directory.extensions import db
from directory.search.engine.analysis import MAX_WORD, STOP_WORDS, stems
from directory.search.engine.parts import Alternatives, Part, Phrase, Word, tokens
from directory.search.engine.query import MAX_FILTER_VALUES, SearchQuery
from directory.search.execute import execute
from directory.search.expand import Expander
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row
from tests.search.corpora import VOCABULARY
from tests.search.reference import distance

EXPANDER = Expander(VOCABULARY)


def spell(part: Part) -> str:
    """A part as one might write it: `word`, `begins*`, `"in a row"`, `{label}`."""
    if isinstance(part, Word):
        return part.plain[1:] + ("*" if part.is_prefix else "")
    if isinstance(part, Phrase):
        return f'"{" ".join(part.words)}"'
    return "{" + next((term[1:] for term in part.terms), part.sets[0][0].plain[1:]) + "}"


def read(text: str, *literal: str) -> str:
    """What a query asks for, and after a minus each what it excludes."""
    asked = EXPANDER.asked(text, literal)
    return " ".join([*map(spell, asked.required), *(f"-{spell(part)}" for part in asked.excluded)])


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('"casa del migrante"', '"casa del migrante"'),
        ("“casa del migrante”", '"casa del migrante"'),
        ("„Casa“ «del Migrante»", '"casa" "del migrante"'),
        ('hogar "casa del migrante" tijuana', 'hogar tijuana* "casa del migrante"'),
        ('"casa', "casa*"),
        ('casa"', "casa*"),
        ('"casa" "del', '"casa"'),
        ('la "casa"', '"casa"'),
        ('"casa" hogar "del', 'hogar "casa"'),
        ('"', ""),
        ('""', ""),
        ('"" casa', "casa*"),
        ('"!!" casa', "casa*"),
        ('casa"hogar"', 'casa "hogar"'),
        ('"l\'aide" casa', 'casa* "aide"'),
    ],
)
def test_quotation_marks_of_all_kinds_and_without_partners(text: str, meaning: str) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("casa -hogar", "casa -hogar"),
        ("-hogar casa", "casa* -hogar"),
        ("-hogar", "-hogar"),
        ("-hogar -casa", "-hogar -casa"),
        ('casa -"hogar del niño"', 'casa -"hogar del nino"'),
        ('-"hogar', "-hogar"),
        ("san-antonio", "san antonio*"),
        ("casa- hogar", "casa hogar*"),
        ("casa - hogar", "casa hogar*"),
        ("casa --hogar", "casa -hogar"),
        ('casa-"hogar"', 'casa "hogar"'),
        ("-", ""),
        ("- -", ""),
        ("-!!", ""),
        ("-san-antonio", "-san -antonio"),
        ("casa -casa", "casa -casa"),
    ],
)
def test_a_minus_excludes_only_at_the_beginning_of_a_word(text: str, meaning: str) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ca", "ca"),
        ("cas", "cas*"),
        ("casa hogar", "casa hogar*"),
        ("casa ho", "casa ho"),
        ("casa hogar -x", "casa hogar -x"),
        ('casa "hogar"', 'casa "hogar"'),
        ("casa 🙂", "casa"),
        ("casa hogar casa", "casa* hogar"),
        ("casa de", "casa"),
        ("de", "de"),
        ("para", "para*"),
        ("🙂", ""),
        ("x" * 60, "x" * MAX_WORD + "*"),
        ("CASA Hogár", "casa hogar*"),
    ],
)
def test_only_the_last_word_stands_for_what_begins_with_it_from_three_letters_on(text: str, meaning: str) -> None:
    assert read(text) == meaning


def test_stop_words_fall_away_unless_nothing_is_left() -> None:
    assert read("albergue para la casa") == "{shelter} casa*"
    assert read("para la") == "para la"
    assert read('para "la"') == '"la"', "a phrase is taken as it stands, and is enough"
    assert read("para -casa") == "para -casa"
    assert all(read(f"{word} hogar") == "hogar*" for word in sorted(STOP_WORDS))


def test_labels_stand_for_their_term_unless_they_are_literal() -> None:
    for text in ("legal aid", "Aide juridique", "ASESORIA JURIDICA"):
        assert read(text) == "{legal-aid}"
        assert read(f"hogar {text} casa") == "hogar {legal-aid} casa*"
    assert read("legal") == "legal*", "half a label is a word"
    assert read('"legal aid"') == '"legal aid"'
    assert read("-albergue") == "-albergue", "what is excluded is a word, never a term"
    assert read("legal aid", "legal aid") == "legal aid*"
    assert read("legal aid", "aid") == "legal aid*"
    assert read("legal aid shelter", "shelter") == "{legal-aid} shelter*"
    assert read("familias albergue", "Familias") == "familias {shelter}"


def test_a_word_carries_the_stems_of_three_languages() -> None:
    (part,) = EXPANDER.asked("migrantes").required
    assert isinstance(part, Word)
    assert part.stems == tuple(f"~{item}" for item in stems("migrantes"))


def test_no_part_is_asked_for_twice() -> None:
    assert read('casa CASA "a b" "a b" -x -x legal aid aide juridique') == 'casa {legal-aid} "a b" -x'
    assert len(tokens("casa CASA")) == 2


# Misspelt words, in an index.


@pytest.fixture
def spelt(app: Flask, tmp_path: Path) -> Flask:
    """Records with words of every length that matters."""
    names = ("Hogar Modelo Norte", "Hogar Esperanza Q’anjob’al", "Refugiados Sur 24horas", "Pan y Sol")
    add_organizations(
        tmp_path,
        *(organization_row(name=name, organization_key=name, location_key=name) for name in names),
    )
    synchronise(search_index(), db.session)
    return app


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("modlo", "modelo"),  # five letters: one edit
        ("modleo", "modelo"),  # two neighbours exchanged
        ("moedlo", "modelo"),
        ("modeelo", "modelo"),
        ("modxlo", "modelo"),
        ("mdlo", None),  # four letters: none
        ("soll", None),
        ("modxxo", None),  # six letters: one edit and no more
        ("esperansas", "esperanza"),  # from nine letters on: two
        ("esepransa", "esperanza"),
        ("esepransx", None),  # three edits
        ("refujiadso", "refugiados"),
        ("24horass", None),  # a number is not misspelt
        ("mode1o", None),
        ("q’anjobl", "qanjobal"),
        ("l'esperamza", "l'esperanza"),
        ("hogarr modlo", "hogar modelo"),
        ("  HOGAR,  Modlo!  ", "HOGAR,  modelo!"),
        ('"Hogar" -pan modlo -"pan y sol"', '"Hogar" -pan modelo -"pan y sol"'),
        ("hogar modelo", None),
        ("hog", None),  # something begins with it
        ("esperan", None),
    ],
)
def test_misspelt_words_find_and_are_offered_corrected(spelt: Flask, text: str, suggestion: str | None) -> None:
    result = execute(SearchQuery(text=text.strip(), strict=True))
    assert result.suggestion == suggestion
    if suggestion:
        again = execute(SearchQuery(text=suggestion, strict=True))
        assert {hit.organization_id for hit in result.hits} == {hit.organization_id for hit in again.hits}
        assert result.total > 0
        assert result.hits[0].score <= again.hits[0].score, "a misspelt word never counts more"


def test_a_misspelt_phrase_or_exclusion_is_left_alone(spelt: Flask) -> None:
    everything = execute(SearchQuery()).total
    assert (execute(SearchQuery(text='"hogar modlo"')).total, execute(SearchQuery(text="-modlo")).total) == (
        0,
        everything,
    )
    assert execute(SearchQuery(text='"hogar modelo"')).total == 1
    assert execute(SearchQuery(text="-modelo")).total == everything - 1
    assert execute(SearchQuery(text="hogar -modelo")).total == 1


def test_edits_are_counted_as_the_reference_says() -> None:
    pairs = {
        ("casa", "casa"): 0,
        ("casa", "csaa"): 1,
        ("casa", "cas"): 1,
        ("ca", "abc"): 3,
        ("", "ab"): 2,
        ("ab", "ba"): 1,
    }
    assert {pair: distance(*pair) for pair in pairs} == pairs


# Bounded work: whatever is asked, an answer or a clear refusal.


@pytest.mark.parametrize(
    "arguments",
    [
        {"q": "casa " * 500},
        {"q": " ".join(f"palabra{number}" for number in range(500))},
        {"q": "a" * 2_001},
        {"country": [f"{number:02}" for number in range(10_000)]},
        {"country": ["MX"] * (MAX_FILTER_VALUES + 1)},
        {"area": ["shelter"] * 10_000},
        {"literal": ["x"] * 10_000},
        {"status": ["verified"] * 5},
        {"consulate": ["x" * 5_000]},
        {"q": "casa", "page": "9" * 30},
    ],
)
def test_too_much_is_refused_clearly(client: CheckingClient, arguments: dict[str, object]) -> None:
    response = client.get("/api/v1/search", query_string=arguments)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    body = response.get_json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert next(iter(arguments)) in body["detail"] or "page" in body["detail"]
    assert len(body["detail"]) < 1_000


@pytest.mark.parametrize(
    "text",
    [
        " ".join(["casa"] * 40),
        " ".join(f"con{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
        "-".join(["ab"] * 160),
        '"' * 499,
        '"a' * 200,
        '-"' * 200,
        "- " * 40,
        " ".join(['"de la"'] * 20),
        '"' + "de-" * 160 + '"',
        "con", "mig", "des", "aaa", "000", "   a",
        " ".join(["migrnates", "refujiados", "esperamza", "asesoriaa", "abogadoss", "tijuanaa", "familiass",
                  "derechoss", "humanoss", "comunidadd", "juridicaa", "hondurass", "guatemalla", "migracionn"]),
        "qwxzqwxzq " * 39,
        "\u0301" * 300,
        "ﷺ" * 100,
        "🙂 " * 40,
        "\u202e\u200b\ufeff",
        "%_\\'; DROP TABLE--",
        "İ" * 200,
    ],
)  # fmt: skip
def test_pathological_texts_are_answered(client: CheckingClient, text: str) -> None:
    response = client.get("/api/v1/search", query_string={"q": text, "size": 3, "sort": "relevance"})
    body = response.get_json()
    assert response.status_code == 200
    assert 0 <= body["total"] <= 1_893
    assert len(body["results"]) == min(3, body["total"])
    assert set(body["facets"]) == {"country", "admin1", "area", "population", "language", "nationality", "status"}


def test_many_allowed_values_and_the_last_page_are_answered(client: CheckingClient) -> None:
    values = ["MX", "US", "GT", "HN"] * (MAX_FILTER_VALUES // 4)
    found = client.get("/api/v1/search", query_string={"country": values, "literal": ["x"] * MAX_FILTER_VALUES})
    assert found.status_code == 200
    body = client.get("/api/v1/search", query_string={"page": 2**31, "size": 100}).get_json()
    assert (body["total"], body["results"]) == (1_893, [])


def test_alternatives_are_kept_apart_from_words() -> None:
    (label,) = EXPANDER.asked("shelter").required
    assert isinstance(label, Alternatives)
    assert label.terms == ("#shelter",)
    assert len(label.sets) == 3
