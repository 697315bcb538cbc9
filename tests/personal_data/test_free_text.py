"""A referral's free text refuses what tells who somebody is, and lets every ordinary message pass."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from directory.personal_data.free_text import PersonalData, personal_data_in

MEMBERS = ("BZ", "CA", "CR", "SV", "GT", "HN", "MX", "NI", "PA", "DO", "US")
NAME, NAME_LIST, PHONE = PersonalData.NAME, PersonalData.NAME_LIST, PersonalData.PHONE
EMAIL, DOCUMENT, BIRTH_DATE = PersonalData.EMAIL, PersonalData.DOCUMENT, PersonalData.BIRTH_DATE

REFUSED = [
    ("La señora se llama Fulana y llega hoy", NAME),
    ("Zone 1, 6a avenida 4-32, Guatemala; Calle 5 de Mayo #1204, CP 64000", PersonalData.HOME),
    ("la joven se llama xiomara, viene sola", NAME),
    ("Mujer llamada Zutana, embarazada de 7 meses", NAME),
    ("Adolescente de nombre Mengano, sin familia", NAME),
    ("Nombre: Perengana Ejemplo", NAME),
    ("Viaja con la Sra. Ejemplo y dos niños", NAME),
    ("doña Fulana necesita silla de ruedas", NAME),
    ("Her name is Testina, she needs a bed", NAME),
    ("A young man named Sampleton arrives tonight", NAME),
    ("A girl called Maria, travelling alone", NAME),
    ("Please meet Mrs. Placeholder at the bridge", NAME),
    ("Name: Jane Placeholder", NAME),
    ("Elle s'appelle Fictive et parle créole", NAME),
    ("Un homme nommé Inventé arrive ce soir", NAME),
    ("Nom : Exemple, mère de deux enfants", NAME),
    ("M. Exemple aura besoin d'un interprète", NAME),
    ("Mme Exemple et ses enfants", NAME),
    ("Llega Juan Ejemplo mañana en autobús", NAME),
    ("Rosa de la Prueba pide asesoría legal", NAME),
    ("juan perez lopez, hondureño, necesita cama", NAME),
    ("ATENDER A JUAN PEREZ FICTICIO POR FAVOR", NAME),
    ("Contacter Jean-Pierre Exemple dès son arrivée", NAME),
    ("Ana Ficticia de Honduras llega el lunes", NAME),
    ("Juan A. Ejemplo llega hoy", NAME),
    ("PRUEBA FICTICIA, Juan: llega hoy", NAME),
    ("Ejemplo, 34 años; Pérez, Juan", NAME),
    ("Juan Ejemplo, María Prueba y Xiomara Muestra", NAME_LIST),
    ("Familia:\n- Ana Ficticia\n- Wilmer Ficticio\n- Bebé Ficticio", NAME_LIST),
    ("1. Tzikin Muestra\n2. Balam Muestra\n3. Ixchel Prueba", NAME_LIST),
    ("1) Tzikin Muestra 2) Balam Muestra", NAME_LIST),
    ("JUAN EJEMPLO, MARIA PRUEBA, KEVIN MUESTRA", NAME_LIST),
    ("PRUEBA FICTICIA, Juan; MUESTRA FICTICIA, Ana", NAME_LIST),
    ("PRUEBA MUESTRA, Tzikin\nEJEMPLO MUESTRA, Balam", NAME_LIST),
    ("Juan Ejemplo (34), Ana Ejemplo (31)", NAME_LIST),
    ("Juan Ejemplo, 34 años, su hija Ana Ejemplo, 7 años", NAME_LIST),
    ("John Sample; Mary Sample; Kevin Sample", NAME_LIST),
    ("Jean Exemple et Marie Exemple arrivent demain", NAME_LIST),
    ("Madre con sus hijos Kevin, Brayan y Ashley", NAME_LIST),
    ("Su teléfono es 555-0123-456", PHONE),
    ("Llamar al +504 9999-9999", PHONE),
    ("llamar al 99999999 por la tarde", PHONE),
    ("Call (956) 686-0123 after six", PHONE),
    ("664·123·4567 es su contacto", PHONE),
    ("escribir al 5 5 5 - 1 2 3 4 5 6 7", PHONE),
    ("Number 555.123.4567", PHONE),
    ("Joindre la famille au 514 555 0199", PHONE),
    ("Tío en Houston: 1-713-555-0142", PHONE),
    ("22 45 67 89 después de las 18:00", PHONE),
    ("Hermana en Panamá 6123-4567", PHONE),
    ("Escribir a fulana.ejemplo@example.org", EMAIL),
    ("correo: fulana @ example . org", EMAIL),
    ("juan arroba gmail punto com", EMAIL),
    ("john (at) mail (dot) org", EMAIL),
    ("john [at] example.org", EMAIL),
    ("john at example dot org", EMAIL),
    ("courriel : exemple arobase example point org", EMAIL),
    ("su correo es fulana.ejemplo en gmail.com", EMAIL),
    ("Pasaporte hondureño E123456", DOCUMENT),
    ("passport no. AB1234", DOCUMENT),
    ("Passeport : XX 12345", DOCUMENT),
    ("CURP XEXX010101HNEXXXA4", DOCUMENT),
    ("RFC: XAXX-010101-000", DOCUMENT),
    ("A 123 456 789 con audiencia el lunes", DOCUMENT),
    ("Her A-number is A#123456789", DOCUMENT),
    ("SSN 000-12-3456", DOCUMENT),
    ("NAS 000 123 456", DOCUMENT),
    ("DNI 0801-1990-12345", DOCUMENT),
    ("CUI 1234 56789 0101", DOCUMENT),
    ("con DPI 1234567890101", DOCUMENT),
    ("DUI 01234567-8", DOCUMENT),
    ("cédula 001-010190-0001A", DOCUMENT),
    ("Costarricense, 1-1234-5678", DOCUMENT),
    ("panameña 8-123-4567", DOCUMENT),
    ("dominicana 001-1234567-8", DOCUMENT),
    ("Ver expediente 4521", DOCUMENT),
    ("Expediente n.º EXP/2024/0012", DOCUMENT),
    ("case number is 12-3456", DOCUMENT),
    ("folio 445566", DOCUMENT),
    ("le numéro 445566 au registre", DOCUMENT),
    ("Niño nacido el 3 de abril de 2010", BIRTH_DATE),
    ("fecha de nacimiento 03/04/2010", BIRTH_DATE),
    ("Fecha de nac.: 2010-04-03", BIRTH_DATE),
    ("nacida en Tegucigalpa, el 3 de abril de 2010", BIRTH_DATE),
    ("Girl born April 3 2010", BIRTH_DATE),
    ("born on the 3rd of April, 2010", BIRTH_DATE),
    ("DOB 04/03/2010", BIRTH_DATE),
    ("04/03/2010 (D.O.B.)", BIRTH_DATE),
    ("Fille née le 3 avril 2010", BIRTH_DATE),
    ("Date de naissance : 03.04.2010", BIRTH_DATE),
]

HARMLESS = [
    "Madre con dos hijos de 3 y 7 años, llega hoy a las 18:30, habla mam, necesita cama para 2 noches",
    "Familia de 4; pueden pagar 0; salieron de San Pedro Sula el 12/11/2026",
    "Adolescente de 14 años, no acompañada, en McAllen",
    "Referida por Casa del Migrante San José y la Cruz Roja",
    "Ciudad Juárez, Nuevo León, Tecún Umán, El Paso, Saint Laurent",
    "Nuevo León, Baja California y Quintana Roo",
    "Santa Rosa de Copán, San José, Santa María y Puerto Barrios",
    "Vienen de Santa Ana, San Miguel y San Salvador",
    "Habla Q'anjob'al y K'iche', poco español",
    "Médicos Sin Fronteras y Save the Children ya la atendieron",
    "Hombre de 34 años, pasaporte vencido en 2024, sin dinero",
    "Del 12/11 al 14/11; autobús a las 6:45, andén 12",
    "Necesitan 2 camas del 12/11/2026 al 15/11/2026",
    "12/11/2026 - 15/11/2026, 2 adultos y 3 niños de 3, 5 y 11 años",
    "Niños de 3 5 7 9 y 11 años, una niña de 14",
    "El boleto cuesta $1,250.00 pesos y no lo tienen",
    "Debe 1,500,000 colones; tiene 300 USD",
    "Horario de 0900-1700 hrs, de lunes a viernes",
    "Madre con recién nacido, llega el 12/11/2026",
    "Bebé nacido hace 3 días en el camino; salen el 14 de noviembre",
    "Viajan desde enero de 2026, entraron por Tecún Umán el 3 de marzo de 2026",
    "Refugio llamado Casa San José, cerca de la terminal",
    "El albergue llamado Esperanza está lleno hasta el Lunes",
    "La señora Hondureña y su hija están en la garita de El Chaparral",
    "NECESITA CAMA PARA DOS NOCHES, MADRE CON DOS HIJOS, LLEGA A SAN JOSÉ",
    "Parroquia Nuestra Señora de Guadalupe, Calle Benito Juárez 204",
    "Llegan de Francisco Morazán, Gracias a Dios y Yoro",
    "Hospital Juan Ramos Ejemplo: alta médica mañana",
    "Viene del albergue Don Bosco, hay que llamar a ACNUR y a la OIM",
    "Necesita abogado antes del 2026-12-01 a las 9:00, sala 204",
    "Código postal 88500, habitación 12, piso 3",
    "Víctima de violencia; temporada 2024-2026 en Guatemala, Honduras y El Salvador",
    "Con silla de ruedas y oxígeno; sin visa; 24/7 con acompañante",
    "Needs a lawyer before 2026-12-01 at 9:00, room 204",
    "Mother and newborn, arriving November 12 at 6:30 pm",
    "She called the Red Cross on Monday and the Mexican consulate on Tuesday",
    "We called San Antonio Airport and Catholic Charities",
    "Staying at Annunciation House, then at Casa Maria Shelter in Austin, Texas",
    "Family of 4, ages 3, 7, 34 and 36, no passport, hearing on 12/01/2026 at 8:30",
    "Two beds for 3 nights; the bus from Nuevo Laredo gets in at 18:30",
    "A shelter named Hope House sent them; look at example.org for its rules",
    "Born in Honduras, arrived on 12/11/2026, speaks Garifuna and Spanish",
    "They walked 1,200 km, 20 people, since April",
    "North Carolina, South Texas and New York; then St. Paul",
    "Elizabeth Detention Center, released on Friday",
    "CBP, McAllen; ICE, El Paso; USA, Texas",
    "Mère avec deux enfants de 3 et 7 ans, arrive à 18h30, parle créole",
    "Famille de quatre, sortie de Saint-Laurent le 12 novembre, sans passeport",
    "Besoin d'un avocat avant le 2026-12-01 à 9 h 00, salle 204",
    "Accueillie par Médecins Sans Frontières et la Croix-Rouge à Montréal",
    "Du 12/11/2026 au 14/11/2026, près de la rue Saint-Denis",
    "Il a appelé le Refuge de Québec ; arrivée en Janvier",
    "Femme enceinte, née en Haïti, au centre Sainte-Marie",
    "Viene de Todos Santos Cuchumatán, pasó por Santiago de los Caballeros y Jesús de Otoro",
    "Acta de nacimiento de 3 hijos; llegan el 12/11/2026",
    "Presión 140/90, insulina 20 UI cada 12 horas, peso 65.5 kg",
    "La oficina está en la zona 1, 6a avenida 4-32, Guatemala; el albergue en Calle 5 de Mayo #1204, CP 64000",
    "La Ceiba, Las Manos, Los Angeles, Río Bravo et Puerto Cortés",
    "Le billet coûte 1 250 dollars",
]


@pytest.mark.parametrize(("text", "kind"), REFUSED)
def test_personal_data_is_refused(text: str, kind: PersonalData) -> None:
    assert kind in personal_data_in(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_message_passes(text: str) -> None:
    assert personal_data_in(text) == ()


@pytest.mark.parametrize("text", [None, "", "   ", "\n"])
def test_nothing_holds_nothing(text: str | None) -> None:
    assert personal_data_in(text) == ()


def test_each_kind_is_told_once_in_the_order_of_the_enum() -> None:
    text = "fecha de nacimiento 03/04/2010; DUI 01234567-8; a@example.org, b@example.org; +504 9999-9999; Juan Ejemplo"
    assert personal_data_in(text) == (NAME, PHONE, EMAIL, DOCUMENT, BIRTH_DATE)


@pytest.mark.parametrize("text", ["Pérez López, Juan Carlos llega hoy", "PRUEBA FICTICIA, Juan llega hoy"])
def test_one_person_with_the_surname_first_is_no_list(text: str) -> None:
    assert personal_data_in(text) == (NAME,)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("tel. 9999-9999", (PHONE,)),
        ("pasaporte 12345678", (DOCUMENT,)),
        ("Llamar al 5551234567", (PHONE,)),
        ("DUI 01234567-8", (DOCUMENT,)),
        ("número 98765432", (PHONE, DOCUMENT)),
    ],
)
def test_a_number_is_both_only_where_nothing_tells(text: str, kinds: tuple[PersonalData, ...]) -> None:
    assert personal_data_in(text) == kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Se llama M\u200ba\u200brcela", NAME),
        ("Llega Ju\u00adan Ejem\u2060plo", NAME),
        ("Llega Juan\u00a0Ejemplo", NAME),
        ("Ｊｕａｎ Ｅｊｅｍｐｌｏ llega hoy", NAME),
        ("Llega Mari\u0301a Ejemplo", NAME),
        ("９９９９９９９９", PHONE),
        ("٩٩٩٩ ٩٩٩٩", PHONE),
        ("9\u200b9\u200b9\u200b9\u200b9\u200b9\u200b9\u200b9", PHONE),
        ("9999\u20119999", PHONE),
        ("9999\u00a09999", PHONE),
        ("9\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e3", PHONE),
        ("fulana＠example．org", EMAIL),
        ("fulana@exa\u200dmple.org", EMAIL),
        ("01234567\u20138", DOCUMENT),
        ("Ａ１２３４５６７８９", DOCUMENT),
        ("nacida el ０３／０４／２０１０", BIRTH_DATE),
    ],
)
def test_tricks_of_unicode_do_not_help(text: str, kind: PersonalData) -> None:
    assert kind in personal_data_in(text)


SENTENCES = st.sampled_from(
    [
        "Madre con dos hijos de 3 y 7 años, {} llega hoy a las 18:30",
        "{}",
        "Familia de 4 desde el 12/11/2026; {}",
        "Needs a lawyer before 2026-12-01 ({}) in room 204",
        "Besoin de 2 lits, {}, à 18h30",
        "2 adultos\n{}\n3 niños",
    ]
)
PHONES = st.builds(
    lambda country, kind, style: phonenumbers.format_number(phonenumbers.example_number_for_type(country, kind), style),
    st.sampled_from(MEMBERS),
    st.sampled_from([PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE]),
    st.sampled_from(
        [
            PhoneNumberFormat.E164,
            PhoneNumberFormat.INTERNATIONAL,
            PhoneNumberFormat.NATIONAL,
            PhoneNumberFormat.RFC3966,
        ]
    ),
)


@settings(deadline=None)
@given(SENTENCES, PHONES, st.sampled_from("- .·\u00a0\u2011"))
def test_a_phone_of_a_member_country_is_always_found(sentence: str, phone: str, separator: str) -> None:
    printed = phone.replace("-", separator)
    assert PHONE in personal_data_in(sentence.format(printed))
    assert PHONE in personal_data_in(sentence.format("\u200b".join(printed)))


@settings(deadline=None)
@given(SENTENCES, st.emails())
def test_an_address_is_always_found(sentence: str, address: str) -> None:
    assert EMAIL in personal_data_in(sentence.format(address))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    kinds = personal_data_in(text)
    assert list(kinds) == [kind for kind in PersonalData if kind in kinds]


@pytest.mark.parametrize(
    ("piece", "kinds"),
    [
        ("a", ()), ("A", ()), ("1-", (PHONE,)), ("1 ¦ ", ()), ("12 ", (PHONE,)), ("A ", ()), ("Juan ", (NAME,)),
        ("Juan, ", (NAME_LIST,)), ("San José ", ()), ("@", ()), ("a@a ", ()), ("a.", ()), ("nacido ", ()),
        ("se llama ", ()),
        ("pasaporte ", ()), ("tel no no ", ()), ("Xx de la ", ()), (" ", ()), ("\n", ()), (", y ", ()), ("A.", ()),
        ("$1,", ()), ("1:0", ()), ("+1 ", ()), ("XX, Xx ", ()), ("nombre: ", ()), ("1/1/", (PHONE,)),
        ("born 1 ", ()), ("no.", ()), ("(", ()), ("12a", ()),
        ("aB", ()), ("9", ()), ("uno ", ()), ("12 Oak ", ()), ("e0", ()), ("x_", ()), ("avenida 1", ()), ("A. B. ", ()),
    ],
)  # fmt: skip
def test_a_hostile_text_of_any_length_is_read_to_its_end(piece: str, kinds: tuple[PersonalData, ...]) -> None:
    text = (piece * 20_000)[:20_000]
    assert set(kinds) <= set(personal_data_in(text))
    assert EMAIL in personal_data_in(f"{text} fulana@example.org")
