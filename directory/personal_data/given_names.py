"""Which words name people here, and which capitalised words do not; all folded."""

from __future__ import annotations

_SPANISH = """
abel abigail abraham abril adan adolfo adrian adriana agustin aida alba alberto alejandra alejandro alexis alfonso
alfredo alicia alma alondra alvaro amalia amanda amelia ana anabel andrea andres angel angela angelica anita antonia
antonio araceli ariel armando arturo astrid aurora axel barbara beatriz belinda benito benjamin berta bertha blanca
brayan brenda bryan camila camilo carla carlos carlota carmen carolina catalina cecilia celia cesar christian cindy
clara claudia concepcion cristian cristina cristobal cruzita dagoberto damaris daniel daniela danilo darwin dayana
delia delmy denis denise diana diego dilcia domingo dora doris edgar edgardo edith edson eduardo edwin efrain elena
elias elisa elizabeth elmer eloisa elsa elvia elvira emilia emiliano emilio emmanuel enrique ernesto esmeralda
esperanza esteban estefania estela ester esther eugenia eugenio eva evelin evelyn fabiola fabricio fatima felipe
felix fernanda fernando fidel flor francisca francisco franklin freddy gabriel gabriela genesis gerardo gilberto
gilda gladis gladys glenda gloria gonzalo graciela gregorio griselda guadalupe guillermo gustavo hector heidi henry
heriberto herminia hernan hilda hugo humberto ignacio imelda ingrid irene iris irma isaac isabel isabela ismael
israel ivan ivania ivonne jacinto jacqueline jaime jairo javier jennifer jenny jeronimo jesica jesus jimena joaquin
joel jonathan jorge jose josefa josefina josue juan juana juanita judith julia julian juliana julieta julio justina
karen karina karla katherine keila kenia kenneth kevin lazaro leonardo leonel leonor leticia lidia liliana lilian
lisandro lizbeth lorena lorenzo lourdes lucas lucia luis luisa luz magdalena maira manuel manuela marcela marcelo
marco marcos margarita maria mariana maribel maricela mario marisol marlen marlene marleny marlon marta martha martin
marvin mateo matilde mauricio maximo mayra melissa melvin mercedes micaela miguel milton mirna miriam mirian moises
monica nahomi nancy natalia nelly nelson nestor nicolas nidia noe noemi nohemi nora norma octavio ofelia olga
olivia omar orlando oscar osman pablo pamela paola patricia paula pedro petrona pilar rafael ramiro ramon ramona
raquel raul rebeca reina reyna ricardo rigoberto roberto rocio rodolfo rodrigo rogelio rolando roman rosa rosalia
rosalinda rosario rosaura roxana ruben rufino ruth salvador samuel sandra santiago santos sara saul sebastian selvin
sergio silvia simon sofia soledad sonia stefany susana suyapa tania tatiana teodoro teresa tomas valentina valeria
vanessa veronica vicente victor victoria vilma violeta virginia vivian walter wendy wilber wilfredo william wilmer
wilson xiomara yadira yanira yariela yasmin yenifer yesenia yessica yolanda zoila zulma
"""
_ENGLISH = """
aaron alan alex alexander alice allison amber amy andrew angela anna anthony ashley barbara betty brandon brian
carol catherine charles chloe christina christine christopher cynthia david deborah dennis donald donna dorothy
dylan edward elijah emily emma eric erica ethan gary george gregory hannah harold heather helen isabella jack jacob
james jane janet jasmine jason jeffrey jeremy jessica joan john joseph joshua joyce judy justin karl kathleen keith
kelly kimberly kyle larry laura lauren liam linda lisa lucy margaret marilyn mary matthew megan melanie michael
michelle nathan nicholas nicole noah olivia pamela paul peter philip rachel raymond rebecca richard robert ronald
roger ryan samantha samuel sarah scott sharon sophia stephanie stephen steven susan teresa theresa thomas timothy
tracy vincent zachary
"""
_FRENCH = """
adele alain amelie anne antoine aurelie benoit bernadette bernard brigitte camille celine chantal claire claude
clement colette corinne danielle denise didier dominique edouard elise emile eric estelle etienne fabienne florence
francois francoise frederic gabrielle genevieve georges gerard ghislaine gilles guillaume guy helene henri herve
isabelle jacques jean jeanne jerome josephine julie julien laurence laurent louis louise luc lucie madeleine marc
marcel marguerite marie martine mathieu maurice michel mireille monique nadine nathalie nicolas odette olivier
pascal patrick paul pauline philippe pierre rene renee roland sandrine serge simone solange stephane suzanne sylvie
therese thierry valerie veronique widline wilner yves yvette yvonne
"""
_FIRST_PEOPLES = """
ajmac ajmaq ajpu akbal antun balam barauda chumil citlali citlalli cuauhtemoc donaji iguandili ikal itzae itzayana
itzel ixbalanque ixchel ixkik ixmucane ixmukane ixquic ixtab izel kabil kantel kawil kusam lu lux maltin mek mikin
mixtli mukuy naab nahil nayeli nele nicte nikte noj pedrona pegro petul sakbe sakil sasil satuye tecun tenoch tojil
tonatiuh tukari tzikin tzunun tzutuj wanaragua waqib xel xep xet xmucane xochitl xpiyakok xuan xuana xun xunaan xunka
xwan yalit yamanik yatzil yunuen zazil
"""
_SURNAMES_OF_FIRST_PEOPLES = """
ajanel ajcabul ajcalon ajpop ajquejay aju batzin bolom botzoc canul cauich chable chaj chali chox chub chuc coj couoh
cuc cucul cumes curruchich cutzal dzib dzul ek euan guit hau huchim ical itzep ixcajoc ixchop ixtabalan kantun maquin
mux patzan pech poot puc quiej quino raxon sacalxot sacor sajbochol saquic sinay sirin sisimit tahuico tiul tubac
tucubal tumax tuyuc tzec tzep tzoy tzuc uicab xicay xiloj xinico xitumul xool xoyon xuya yool
"""
_SURNAMES = """
acosta aguilar aguirre alvarado alvarez amador andrade antunez aquino arias avila ayala baptiste barahona barrera
barrios batz benitez bernal bonilla brown caal cabrera caceres calderon campos cardona carias carranza carrillo
castaneda castellanos castillo castro cervantes chavez choc coc contreras cordova cortes cortez cruz davis delgado
diaz dominguez dubois duarte dupont duran escobar espinal espinoza estrada fernandez figueroa flores fuentes galvez
garcia garza gomez gonzales gonzalez guerra guerrero guevara gutierrez guzman henriquez hernandez herrera ixcoy
jimenez johnson jones joseph juarez landaverde lara leiva lemus linares lopez lozano luna machado maldonado marroquin
martinez matute medina mejia melendez mendez mendoza menjivar merino meza miller miranda molina montes montoya
morales moreno moran munoz murillo navarro nunez ochoa orellana ordonez orozco ortega ortiz osorio pacheco padilla
paz pena perdomo peralta perez pierre pineda pinto ponce portillo quintanilla quiroz ramirez ramos recinos rios
rivas rivera robles rodas rodriguez rojas romero rosales ruiz salazar salgado salinas sanchez sandoval santana
santos serrano smith solis solorzano sosa soto suazo tejada toledo torres tremblay trejo tzoc tzul urbina valdez
valencia vargas vasquez vazquez vega velasquez velasco ventura vides villalobos villanueva williams wilson xol
zamora zavala zelaya zepeda zuniga
"""
_LEADING = """
san santa santo saint sainte st ste sta casa casas ciudad puerto villa villas fort el la los las le les rio north
south east west nuevo nueva new baja alta isla islas lago laguna cerro monte mont mount valle sierra playa colonia
barrio calle avenida avenue boulevard rue carretera parque plaza place gare estacion station terminal aeropuerto
aeroport airport hospital hopital clinica clinique universidad universite escuela ecole colegio instituto institut
albergue refugio refuge shelter hogar foyer maison centro centre center iglesia eglise church parroquia paroisse
catedral templo capilla mision mission pastoral diocesis orden congregacion hermanas hermanos soeurs misioneras
fundacion fondation foundation asociacion association red reseau network oficina consulado consulate consulat
embajada embassy ambassade cruz croix medicos medecins save fm grupo comite organizacion organization ong estado
departamento municipio provincia province state county puente bridge pont garita lake port cape cabo cayo ruta
ejercito estadio mercado hotel motel edificio don bosco fray todos sor notre nuestra
"""
_TRAILING = """
shelter center centre church house home homes foundation clinic hospital airport university school college street
avenue road drive boulevard park island beach falls valley lake river county city town village bridge station
ministries ministry mission charities services service project network office detention international unidos
internacional sula children fronteras frontieres
"""
_OTHER_WORDS = """
enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre january february
march april may june july august september october november december janvier fevrier mars avril mai juin juillet
aout septembre octobre novembre decembre lunes martes miercoles jueves viernes sabado domingo monday tuesday
wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche
belice belize canada costa rica guatemala honduras mexico nicaragua panama republica dominicana dominican republic
republique dominicaine estados unidos united states etats unis cuba haiti venezuela colombia ecuador peru
tijuana mexicali juarez nogales tapachula monterrey reynosa matamoros laredo mcallen brownsville houston dallas
austin tucson phoenix chicago miami montreal quebec toronto ottawa tegucigalpa choluteca managua leon esteli granada
texas arizona california florida georgia nevada oregon washington york jersey mississippi louisiana oklahoma kansas
colorado carolina virginia dakota ontario alberta manitoba chihuahua sonora sinaloa durango coahuila tamaulipas
tabasco chiapas oaxaca puebla veracruz yucatan campeche quintana roo jalisco michoacan guerrero hidalgo morelos
queretaro peten izabal quiche solola huehuetenango quetzaltenango escuintla copan olancho yoro colon comayagua
atlantida sacatepequez atitlan
mexicana mexicano hondurena hondureno guatemalteca guatemalteco salvadorena salvadoreno nicaraguense haitiana
haitiano cubana cubano venezolana venezolano colombiana colombiano dominicano dominicaine panamena panameno
costarricense belicena beliceno honduran guatemalan salvadoran mexican nicaraguan haitian haitienne haitien
hondurienne hondurien mexicaine mexicain guatemalteque
espanol spanish espagnol english ingles anglais french frances francais mam kiche qanjobal qeqchi kaqchikel ixil
chuj garifuna miskito creole criollo kreyol
consul consula consulesa juez director directora embajador embajadora presidente migrante migrantes migrant roja
red rouge cross embarazada embarazado mayor menor hoy today aujourdhui manana tomorrow demain madre padre familia
mother father family mere pere famille necesita needs besoin habla speaks parle viaja llega arrives arrive
adulto adulta adult adulte nino nina child enfant the a an un una une desconocido desconocida unknown inconnu
confidencial confidential confidentiel reservado reserved pendiente pending sin no not non
"""
_PLACES = """
francisco morazan|benito juarez|jesus maria|dolores hidalgo|miguel hidalgo|miguel aleman|lazaro cardenas
alvaro obregon|emiliano zapata|felipe carrillo|felipe angeles|juan santamaria|guadalupe victoria|victoria guadalupe
jean talon|jean drapeau|juan pablo|juan bosco|juan diego|martin luther|george washington|james bay|john kennedy
francisco asis|oscar romero|san carlos|virginia beach|robert kennedy|scott air|santiago sacatepequez
santiago caballeros|santiago nonualco|santiago tuxtla|santiago puringla|santiago veraguas|jesus otoro|francisco madero
jose azueta|cristobal colon|ignacio zaragoza|nicolas bravo|tecun uman|concepcion huista|magdalena kino|salvador urbina
"""

GIVEN_NAMES = frozenset((_SPANISH + _ENGLISH + _FRENCH + _FIRST_PEOPLES).split())
"""Given names common in the region. Not those that are everyday words as well, such as April, Grace or Will."""
SURNAMES = frozenset((_SURNAMES + _SURNAMES_OF_FIRST_PEOPLES).split())
"""Surnames common enough that after a given name they need no capital."""
LEADING_WORDS = frozenset(_LEADING.split())
"""What opens the name of a place or an organization: `Santa` Rosa, `Albergue` Juan Bosco."""
TRAILING_WORDS = frozenset(_TRAILING.split())
"""What ends one: Anita `Shelter`."""
OTHER_WORDS = frozenset(_OTHER_WORDS.split())
"""Capitalised words that are nobody's surname in such a text: months, places, nationalities, languages."""
PLACES = frozenset(pair.strip() for pair in _PLACES.replace("\n", "|").split("|") if pair.strip())
"""Places and institutions that bear a person's name, by its first two words."""
