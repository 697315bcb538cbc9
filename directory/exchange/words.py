"""What people write in the columns of closed lists, in three languages: our own names first."""

from __future__ import annotations

from directory.consulates.models import ConsulateKind, ConsulateStatus
from directory.lines.models import LineChannel, LineKind
from directory.organizations.models import Visibility
from directory.organizations.services import AvailabilityState
from directory.spreadsheet import words_for

VISIBILITIES = words_for(
    {
        Visibility.PUBLIC: "público|pública|publique|abierta|open",
        Visibility.CITY_ONLY: "city|ciudad|solo ciudad|solo la ciudad|ville seulement|"
        "protegido|protegida|protected|protégée",
        Visibility.HIDDEN: "oculto|oculta|caché|cachée",
    }
)
AVAILABILITIES = words_for(
    {
        AvailabilityState.OPEN: "abierto|abierta|con lugar|ouvert|ouverte",
        AvailabilityState.LIMITED: "limitado|pocos lugares|limité|peu de places",
        AvailabilityState.FULL: "lleno|llena|complet|complète",
        AvailabilityState.CLOSED: "cerrado|cerrada|fermé|fermée",
    }
)
CONSULATE_KINDS = words_for(
    {
        ConsulateKind.EMBASSY: "embajada|ambassade",
        ConsulateKind.CONSULATE_GENERAL: "general consulate|consulado general|consulat général",
        ConsulateKind.CONSULATE: "consulado|consulat",
        ConsulateKind.CONSULAR_AGENCY: "agencia consular|agence consulaire",
        ConsulateKind.HONORARY_CONSULATE: "consulado honorario|consulat honoraire",
    }
)
CONSULATE_STATUSES = words_for(
    {
        ConsulateStatus.OPEN: "abierto|abierta|ouvert|ouverte",
        ConsulateStatus.DOUBTFUL: "dudoso|dudosa|en duda|douteux|douteuse",
        ConsulateStatus.CLOSED: "cerrado|cerrada|fermé|fermée",
    }
)
JURISDICTION_STATES = {"": ""} | words_for(
    {"known": "conocida|completa|connue|complète|whole", "partial": "parcial|en parte|partielle|in part"}
)
LINE_KINDS = words_for(
    {
        LineKind.EMERGENCY: "emergencia|emergencias|urgence|urgences",
        LineKind.POLICE: "policía",
        LineKind.AMBULANCE: "ambulancia",
        LineKind.VIOLENCE: "violencia",
        LineKind.CHILDREN: "niñez|niños|enfants",
        LineKind.TRAFFICKING: "trata|trata de personas|traite",
        LineKind.CRISIS: "crise",
        LineKind.DETENTION: "detención|détention",
        LineKind.MIGRATION: "migración",
        LineKind.OMBUDSMAN: "derechos humanos|defensoría|défenseur des droits",
        LineKind.INFORMATION: "información|informations|renseignements",
        LineKind.PROTECTION: "protección|protección consular|protection consulaire",
        LineKind.CONSULAR: "citas|trámites|consulaire",
    }
)
LINE_CHANNELS = words_for(
    {
        LineChannel.VOICE: "voz|llamada|call|phone|teléfono|appel|voix",
        LineChannel.WHATSAPP: "whats app|wasap",
        LineChannel.TEXT: "sms|mensaje|mensaje de texto|texto",
        LineChannel.EMAIL: "mail|correo|correo electrónico|courriel",
    }
)
FLAGS = {"": "", "1": "1", "0": ""} | dict.fromkeys(
    ("x", "si", "yes", "oui", "y", "s", "o", "true", "verdadero", "vrai"), "1"
) | dict.fromkeys(("no", "non", "n", "false", "falso", "faux"), "")  # fmt: skip
"""Whether something is so: `1` or nothing."""
