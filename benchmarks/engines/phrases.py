"""What generated texts are made of: sentences, words from frequent to rare, and invented names, in three languages."""

from __future__ import annotations

import random
from itertools import accumulate
from typing import NamedTuple

TEMPLATES = {
    "es": (
        "Nuestro equipo {verb} {noun} y {noun} para quienes llegan a {city} por la ruta de {name}.",
        "La sede de {city} {verb} {noun} {adjective} con apoyo de voluntarios del barrio {name}.",
        "También {verb} {noun}, {noun} y {noun} {adjective} durante todo el año.",
        "Cada semana {verb} a las familias en sus trámites de {noun} con personal {adjective}.",
        "El programa {name} {verb} {noun} {adjective} a mujeres, hombres y jóvenes en camino.",
        "Trabajamos junto a {name} y otras organizaciones para mejorar la {noun} en la región.",
        "Las personas pueden pedir {noun} sin cita y en un espacio {adjective} y {adjective}.",
        "Damos seguimiento a los casos de {noun} y {verb} {noun} cuando hace falta.",
    ),
    "en": (
        "Our team {verb} {noun} and {noun} for people who arrive in {city} along the {name} route.",
        "The {city} office {verb} {adjective} {noun} with the help of neighbors from {name}.",
        "It also {verb} {noun}, {noun} and {adjective} {noun} all year round.",
        "Every week the staff {verb} newcomers with their {noun} in a {adjective} way.",
        "The {name} program {verb} {adjective} {noun} to women, men and young people on the move.",
        "We work side by side with {name} and other groups to improve {noun} in the region.",
        "Anyone can ask for {noun} without an appointment in a {adjective} and {adjective} space.",
        "We follow up on {noun} and the staff {verb} {noun} whenever it is needed.",
    ),
    "fr": (
        "Notre équipe {verb} {noun} et {noun} pour les gens qui arrivent à {city} par la route de {name}.",
        "Le bureau de {city} {verb} {noun} {adjective} avec les voisins du quartier {name}.",
        "Il {verb} aussi {noun}, {noun} et {noun} {adjective} pendant toute la saison.",
        "Chaque semaine le personnel {verb} les nouveaux venus avec leur {noun} de manière {adjective}.",
        "Le programme {name} {verb} {noun} {adjective} aux hommes et aux jeunes en chemin.",
        "Nous travaillons avec {name} et plusieurs groupes pour améliorer {noun} dans la région.",
        "Chacun peut demander {noun} sans rendez-vous dans un espace {adjective} et {adjective}.",
        "Nous suivons les dossiers de {noun} et le bureau {verb} {noun} au besoin.",
    ),
}
_NOUNS = {
    "es": """acompañamiento orientación ayuda comida cobijas talleres atención asesoría protección formación documentos
    transporte consulta escucha cursos salud refugio limpieza medicinas seguridad llamadas ropa traducción escuela
    capacitación mediación contactos gestión vinculación canalización visitas defensa integración convivencia mochilas
    lavandería regaderas útiles juguetes lentes vacunas calzado despensas peluquería bicicletas jardinería carpintería
    costura panadería repostería cerámica ajedrez teatro guitarra fotografía biblioteca odontología podología acupuntura
    hipoterapia apicultura serigrafía cartografía""",
    "en": """guidance support meals counseling workshops advice protection training paperwork transportation listening
    courses health refuge cleaning medicine safety phones clothing translation schooling mediation contacts referrals
    visits advocacy integration fellowship backpacks laundry showers supplies toys eyeglasses vaccines shoes groceries
    haircuts bicycles gardening carpentry sewing baking pottery chess theater guitar photography library dentistry
    podiatry acupuncture beekeeping printmaking mapmaking welding upholstery glassblowing calligraphy""",
    "fr": """accompagnement orientation soutien repas ateliers conseils protection formation démarches transport écoute
    cours santé refuge nettoyage médicaments sécurité téléphones vêtements traduction scolarité médiation contacts
    aiguillage visites défense intégration convivialité cartables lessive douches fournitures jouets lunettes vaccins
    chaussures épicerie coiffure bicyclettes jardinage menuiserie couture boulangerie poterie échecs théâtre guitare
    photographie bibliothèque dentisterie podologie acupuncture apiculture sérigraphie cartographie soudure vitrail""",
}
_VERBS = {
    "es": """ofrece brinda organiza prepara acompaña facilita coordina reparte gestiona promueve comparte reúne entrega
    impulsa sostiene custodia difunde recopila subsidia tramita""",
    "en": """offers provides organizes prepares supports facilitates coordinates shares arranges promotes collects
    delivers sustains hosts distributes gathers funds supervises subsidizes records""",
    "fr": """offre propose organise prépare accompagne facilite coordonne partage arrange encourage rassemble livre
    soutient accueille distribue recueille finance supervise subventionne consigne""",
}
_ADJECTIVES = {
    "es": """gratuita confidencial segura comunitaria abierta temporal permanente digna bilingüe itinerante nocturna
    diurna solidaria cercana rural urbana fronteriza parroquial intercultural móvil accesible silenciosa ajardinada""",
    "en": """free confidential safe community open temporary permanent dignified bilingual mobile overnight daytime
    friendly nearby rural urban borderland parish intercultural accessible quiet sheltered riverside""",
    "fr": """gratuite confidentielle sûre communautaire ouverte temporaire permanente digne bilingue itinérante nocturne
    diurne solidaire proche rurale urbaine frontalière paroissiale interculturelle mobile accessible tranquille""",
}
_ONSETS = ("b", "br", "c", "ch", "d", "f", "g", "gr", "j", "l", "m", "n", "p", "qu", "r", "s", "t", "tr", "v", "z")
_ENDINGS = ("al", "anco", "ar", "ela", "en", "eros", "ia", "ico", "in", "onda", "or", "otes", "ul", "undo", "ura")
_NAMES = 20_000


class Ranked(NamedTuple):
    """Words from frequent to rare, with the cumulative weights of Zipf's law (the n-th weighs 1/n)."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    def pick(self, chance: random.Random) -> str:
        """One word, the frequent ones more often."""
        return chance.choices(self.words, cum_weights=self.weights)[0]


def ranked(words: list[str]) -> Ranked:
    """Words in the order of their frequency."""
    return Ranked(tuple(words), tuple(accumulate(1 / rank for rank in range(1, len(words) + 1))))


def _invented_names() -> list[str]:
    """Family and street names that nobody bears, the same every time."""
    chance = random.Random("invented names")
    found: dict[str, None] = {}
    while len(found) < _NAMES:
        middle = "".join(chance.choice(_ONSETS) + chance.choice("aeiou") for _ in range(chance.choice((1, 1, 2))))
        found[(middle + chance.choice(_ONSETS) + chance.choice(_ENDINGS)).capitalize()] = None
    return list(found)


NAMES = ranked(_invented_names())
NOUNS = {language: ranked(words.split()) for language, words in _NOUNS.items()}
VERBS = {language: ranked(words.split()) for language, words in _VERBS.items()}
ADJECTIVES = {language: ranked(words.split()) for language, words in _ADJECTIVES.items()}


def sentences(chance: random.Random, language: str, city: str, count: int) -> str:
    """A text of `count` sentences, about thirteen words each."""
    return " ".join(_sentence(chance, language, city) for _ in range(count))


def _sentence(chance: random.Random, language: str, city: str) -> str:
    parts = {"noun": NOUNS[language], "verb": VERBS[language], "adjective": ADJECTIVES[language], "name": NAMES}
    text = chance.choice(TEMPLATES[language]).replace("{city}", city)
    for slot, words in parts.items():
        while f"{{{slot}}}" in text:
            text = text.replace(f"{{{slot}}}", words.pick(chance), 1)
    return text
