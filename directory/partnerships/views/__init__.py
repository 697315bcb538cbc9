"""Pages of joint work: the consulate's desk, the organization's side, what a link opens, the network, the figures."""

from directory.partnerships.views import (  # noqa: F401  (they add their routes)
    areas,
    partnerships,
    referrals,
    statistics,
)
from directory.partnerships.views.answers import blueprint as answers
from directory.partnerships.views.desk import blueprint as desk
from directory.partnerships.views.desk import joint
from directory.partnerships.views.network import blueprint as network
from directory.partnerships.views.organization_side import blueprint as organization_side
from directory.partnerships.views.organization_side import links as joint_links
from directory.partnerships.views.statistics import region

__all__ = ["answers", "desk", "joint", "joint_links", "network", "organization_side", "region"]
