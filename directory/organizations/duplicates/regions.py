"""Countries and subdivisions by the names that organizations bear, in en, es and fr."""

from __future__ import annotations

_REGIONS = """
BZ belize; belice
CA canada
CR costa rica
DO dominican republic; republica dominicana; republique dominicaine; dominicana
GT guatemala
HN honduras
MX mexico; mexique
NI nicaragua
PA panama
SV el salvador; salvador
US united states; estados unidos; etats unis; usa
US-AK alaska
US-AL alabama
US-AR arkansas
US-AZ arizona
US-CA california
US-CO colorado
US-CT connecticut
US-DE delaware
US-FL florida
US-GA georgia
US-HI hawaii
US-IA iowa
US-ID idaho
US-IL illinois
US-IN indiana
US-KS kansas
US-KY kentucky
US-LA louisiana
US-MA massachusetts
US-MD maryland
US-ME maine
US-MI michigan
US-MN minnesota
US-MO missouri
US-MS mississippi
US-MT montana
US-NC north carolina
US-ND north dakota
US-NE nebraska
US-NH new hampshire
US-NJ new jersey; nueva jersey
US-NM new mexico; nuevo mexico
US-NV nevada
US-NY new york; nueva york; ny
US-OH ohio
US-OK oklahoma
US-OR oregon
US-PA pennsylvania
US-RI rhode island
US-SC south carolina
US-SD south dakota
US-TN tennessee
US-TX texas
US-UT utah
US-VA virginia
US-VT vermont
US-WI wisconsin
US-WV west virginia
US-WY wyoming
CA-AB alberta
CA-BC british columbia; colombie britannique
CA-MB manitoba
CA-NB new brunswick; nouveau brunswick
CA-NL newfoundland
CA-NS nova scotia; nouvelle ecosse
CA-NU nunavut
CA-ON ontario
CA-QC quebec
CA-SK saskatchewan
CA-YT yukon
MX-BCN baja california
MX-CHH chihuahua
MX-CHP chiapas
MX-COA coahuila
MX-NLE nuevo leon
MX-OAX oaxaca
MX-SIN sinaloa
MX-SON sonora
MX-TAB tabasco
MX-TAM tamaulipas
MX-VER veracruz
"""


def _read() -> dict[tuple[str, ...], str]:
    return {
        tuple(phrase.split()): code
        for code, _, phrases in (line.partition(" ") for line in _REGIONS.strip().splitlines())
        for phrase in phrases.split(";")
    }


REGIONS = _read()
"""Folded words of a name → country (alpha-2) or subdivision (ISO 3166-2)."""
LONGEST_REGION = max(map(len, REGIONS))
CITY_REGIONS = frozenset({"MX-CMX", "US-DC"})
"""Subdivisions that are one city."""
