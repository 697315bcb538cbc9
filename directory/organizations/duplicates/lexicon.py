"""Words that names share without meaning the same organization, and words of three languages that mean one thing."""

from __future__ import annotations

_LEGAL_FORMS_TEXT = """
ac abp ibp iap ong ngo osc cso asbl obnl osbl inc incorporated llc llp ltd ltda limited limitee corp corporation
pllc pc plc sc sa dba spr
"""
LEGAL_FORMS = frozenset(_LEGAL_FORMS_TEXT.split())
LEGAL_PHRASES = (
    ("asociacion", "civil"),
    ("institucion", "de", "asistencia", "privada"),
    ("institucion", "de", "beneficencia", "privada"),
    ("asociacion", "de", "beneficencia", "privada"),
    ("sin", "fines", "de", "lucro"),
    ("organismo", "sans", "but", "lucratif"),
    ("organisme", "sans", "but", "lucratif"),
    ("non", "profit"),
    ("not", "for", "profit"),
)
_STOP_WORDS_TEXT = """
a al ante con contra de del desde e el en entre la las lo los o para por su sus u un una y
an and at by for from in its of on or the to with
au aux avec ce d des du et l le les leur ou pour sur une
antes formerly officially oficina office delegacion
person persona personne personas people
"""
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())

_CONCEPTS = """
accompaniment acompanamiento accompagnement
action accion
advocacy abogacia incidencia plaidoyer
agricultural agricola agraria
aid ayuda aide apoyo support soutien apoyar
alliance alianza
america amerique
american americano americana americain americaine
angel angeles ange
assembly asamblea assemblee
assistance asistencia atencion attention atn
association asociacion assn assoc asoc
belize belice
blessed beato bienaventurado
border frontera frontiere fronterizo fronteriza fronterizas
bridge puente pont
brother hermano frere hermanos
building edificio
cafeteria comedor cantine desayunador
canadian canadiense canadien canadienne
care cuidado soins
caribbean caribe caraibe
catholic catolico catolica catholique cath
center centro centre ctr cntr
central centrale
charity caridad charite caridades
chapel capilla chapelle
child nino nina ninez infancia children childrens enfant enfance kid
christian cristiano cristiana chretien chretienne
church iglesia eglise templo temple
citizen ciudadano ciudadana citoyen
city ciudad cd ville
civil civile
clinic clinica clinique
coalition coalicion coal
collective colectivo colectiva collectif
commission comision
committee comite
community comunidad communaute comunitario comunitaria communautaire comunitarios comunitarias comm comty
compassionate compasivo compasiva
coordination coordinadora coordinacion
council consejo conseil concilio concertation
county condado comte cnty co
cross cruz croix
cultural culturel culturelle
dead fallecido fallecida decede
defender defensor defensora defenseur defensoras
defense defensa defence
democracy democracia democratie
department departamento departement dept depto
detained detenido detenida detenu
deported deportado deportada expulse
development desarrollo developpement
diocese diocesis dioc diocesan diocesano diocesana
archdiocese arquidiocesis archidiocese arquidiocesano
director directeur
disabled discapacitado handicape
disappeared desaparecido desaparecida disparu missing
doctor dr medico medica medical
east este est oriental eastern oriente
economic economico economica economique
education educacion
employment empleo emploi
environment ambiente
family familia famille familiar familial familiares
faith fe foi
farm granja ferme
father padre pere
federation federacion
food alimento alimentaire
foundation fundacion fondation fdn fund
francophone francofono
freedom libertad liberte
friend amigo amiga ami
friar fray
group grupo groupe
guatemalan guatemalteco guatemalteca
haitian haitiano haitiana haitien haitienne
health salud sante
help socorro
holy santisima sagrada sacred
honduran hondureno hondurena
hope esperanza espoir
hospital hopital
house casa maison hogar home
human humano humana humain humanos
indigenous indigena indigene
information informacion
initiative iniciativa
institute instituto institut inst
intercultural interculturel
international internacional intl int
islamic islamico
jesuit jesuita jesuite
jewish judio judia juif hebrew
justice justicia
labor laboral trabajo travail work
lady senora dame sra
latin latino latina
law derecho droit ley
lawyer abogado avocat attorney
league liga ligue
learning aprendizaje
legal juridico juridica juridique legale
liberation liberacion
life vida vie
literacy alfabetizacion alphabetisation
lutheran luterano luterana
mexican mexicano mexicana mexicain
migrant migrante immigrant inmigrante emigrante emigrant immigrante imigrante imigrant inmigrant
migration migracion immigration inmigracion migratorio migratoria migratoire migraciones
ministry ministerio ministere
mission mision
monitoring monitoreo
mother madre mere
movement movimiento mouvement
multicultural multiculturel
mutual mutuelle
national nacional natl
neighbor vecino neighbour
neighborhood vecindario barrio neighbourhood
network red reseau rojo roja rouge
new nuevo nueva nouveau nouvelle
newcomer nouvel arrivant arrivants
nicaraguan nicaraguense
north norte nord northern septentrional
norwegian noruego
observation observatorio
organization organizacion organisation organisme org
our nuestro nuestra notre ntra ntro
parish parroquia paroisse
pastoral pastorale
peace paz paix
pilgrim peregrino
popular populaire
program programa programme
project proyecto projet
promotion promocion
psychosocial psicosocial
reference referencia
refugee refugiado refugie refugiada refugiees refugies
regional regionale
resource recurso ressource
return retorno
returned retornado retornada returnee
right derechos droits rights
road camino chemin way path
rural rurale
saint san santo santa st ste sainte sto sta
salesian salesiano
salvadoran salvadoreno salvadorena salvadorian
school escuela ecole
science ciencia
service servicio svc svcs serv
shelter albergue refugio refuge abrigo posada hebergement
sister hermana soeur
social sociale
society sociedad societe soc
solidarity solidaridad solidarite
south sur sud southern
student estudiante etudiant
study estudio etude
table mesa
training formacion formation
transit transito
trust fideicomiso
union unidad
united unido unida uni
university universidad universite univ
victim victima victime
volunteer voluntario benevole
voice voz voces voix
welcome acogida accueil bienvenida
west oeste ouest western occidente
without sin sans
woman mujer femme women womens mujeres femmes
worker trabajador trabajadora travailleur travailleuse trabajadore
world mundo monde mundial
young joven jeune youth juventud menor minor menores
"""
CONCEPTS = {form: line.split()[0] for line in _CONCEPTS.strip().splitlines() for form in line.split()}
"""Every form of a word, folded → the one word that stands for all of them."""
COMMON_WORDS = frozenset(CONCEPTS.values())

EXPANSIONS = {
    "cdh": ("center", "right", "human"),
    "cdmx": ("mexico", "city"),
    "ddhh": ("right", "human"),
    "jfs": ("jewish", "family", "service"),
    "lss": ("lutheran", "social", "service"),
    "northeast": ("north", "east"),
    "northwest": ("north", "west"),
    "nwt": ("northwest", "territory"),
    "ny": ("new", "york"),
    "nyc": ("new", "york"),
    "rgv": ("rio", "grande", "valley"),
    "southeast": ("south", "east"),
    "southwest": ("south", "west"),
    "valle": ("valley",),
    "dominicohaitiana": ("dominico", "haitian"),
}
