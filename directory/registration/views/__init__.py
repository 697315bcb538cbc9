"""Pages of registration: open to anyone, to holders of a link, and to editors with an account."""

from directory.registration.views import drafts, register, steps  # noqa: F401  (they add their routes)
from directory.registration.views.essentials_page import blueprint, no_store, throttle_registration

__all__ = ["blueprint", "no_store", "throttle_registration"]
