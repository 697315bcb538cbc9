"""Public texts that lead to a swindler's door are seen, however they are written; real ones pass."""

from __future__ import annotations

import csv

import pytest

from directory.registration.risks import holds_contact, is_harmless, speaks_of_money
from directory.settings import resource_dir


@pytest.mark.parametrize(
    "text",
    [
        "Escriba a ayuda-ficticia.xyz", "Todo en refugio-ejemplo.shop", "bit.ly/3ejemplo", "t.me/ejemplo",
        "WA.ME/5215550100", "escriba a ayuda arroba correo punto com", "écrivez à aide arobase exemple point org",
        "ayuda(at)ejemplo", "sitio ejemplo (punto) org", "ayudа.сom", "síganos en @ejemplo_ficticio",
        "llame al seis seis cuatro uno dos tres cuatro cinco seis siete", "６６４ １２３ ４５６７",
        "e j e m p l o . com",
        "6.6.4.1.2.3.4.5.6.7",
    ],
)  # fmt: skip
def test_a_way_to_reach_somebody_is_seen(text: str) -> None:
    assert holds_contact(text)


@pytest.mark.parametrize(
    "text",
    [
        "cuota de $500", "La inscripción cuesta y se pagan 500 pesos", "fee of $300 to apply", "frais de 200 $",
        "Pague 200 dólares antes de la cita", "depósito en la cuenta", "ｄｅｐóｓｉｔｏ", "b1tc0in no; bitcoin sí",
    ],
)  # fmt: skip
def test_a_demand_for_money_is_seen(text: str) -> None:
    assert speaks_of_money(text)


@pytest.mark.parametrize(
    "text",
    [
        "Abierto de 9 a.m. a 5 p.m.", "Apoyo a familias.La casa es gratis", "p.ej. comida y ropa", "EE.UU. y México",
        "Costo: $50 por noche", "etc.como siempre", "Camas, comida y ropa. No hay cupo los domingos.",
        "El 80 % son familias",
    ],
)  # fmt: skip
def test_an_ordinary_text_passes(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize("piece", ["a", "aB", "9", "a.", "1,", "$1 ", "pago ", "uno ", "(", "@", "com."])
def test_a_hostile_text_of_any_length_is_read_to_its_end(piece: str) -> None:
    assert holds_contact(f"{(piece * 20_000)[:20_000]} fulana@example.org")


def test_hardly_any_summary_on_record_is_held() -> None:
    with (resource_dir("seed_data") / "organizations.csv").open(encoding="utf-8", newline="") as file:
        texts = {row[f"summary_{language}"] for row in csv.DictReader(file) for language in ("es", "en", "fr")} - {""}
    held = [text for text in texts if not is_harmless(text)]
    assert len(held) <= 0.01 * len(texts), held
