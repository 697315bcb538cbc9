"""Every page and form, one folder a feature. `bind` gives them to an application, `guard` asks who may see them."""

from directory.web.application import bind
from directory.web.gate import bind as guard

__all__ = ["bind", "guard"]
