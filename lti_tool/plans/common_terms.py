"""Words that educators write with a capital letter and that are no part of a student's name."""

from __future__ import annotations

_TIMES = """
january february march april may june july august september october november december monday tuesday wednesday
thursday friday saturday sunday spring summer fall autumn winter semester quarter trimester term year week month day
"""
_SUBJECTS = """
algebra art arts biology calculus chemistry chinese choir civics computer coding drama economics engineering english
french geography geometry german grammar guidance health history humanities informatics japanese language languages
latin literacy literature math mathematics maths music numeracy orchestra phonics physical physics reading science
sciences social spanish statistics studies technology theater theatre trigonometry vocabulary writing education
counseling
"""
_PROGRAMMES = """
academic academy accelerated advanced advisory assessment benchmark black book bridges calkins canvas center chromebook
chromebooks civil club college common compass core course courses curriculum department design desmos diploma dual
early eureka exit expeditionary explorations fair fidelity fountas foundations framework generation gifted google head
honors illustrative independent inquiry institute international intervention khan kids learning lesson lessons lexia
lexile library life magnet mastery microsoft moodle network next notebook notes open pathways pinnell placement plan
positive practice practices primary professional program programme project recovery remote resource resources response
restorative rubric saxon scholars schoology seal section sessions skills smarter special springboard standard standards
star start steam stem step street support survey system talented talk talks teachers teaching team test tests text
texts ticket tickets tier title unit units universal up wonders word words work workshop world youth zearn zones
classroom class classes grade grades grader graders kindergarten pre prep period block room level student students
pupil pupils learner learners newcomer newcomers families parents group groups council board office staff support
behavior behaviour goal goals indicator need needs question questions quiz score scores data week number numbers
"""
_PLACES = """
african america american americans arab asia asian australia austin boston britain british california canada canadian
caribbean central chicago city county coast creek cuba dakota dallas denver district east eastern elementary england
europe european field florida forest fort garden georgia hall harbor haiti hawaii heights high highland hill hills
hispanic house houston indian indiana indigenous island islander islands jersey junior korea lake lakes latin los las
london mexican mexico middle mount mountain native new north northern ohio oregon pacific paris park plains port
prairie preschool princeton puerto rico ridge river road rock saint san santa school schools secondary senior south
southern states street syria texas town township ukraine united university valley village virginia wales war
washington west western wing york
"""
_SCHOOL_DAYS = """
absences accuracy attendance behavior behaviors cafeteria caregivers comprehension decoding dictation effort engagement
exams feedback fluency growth handwriting homework iep inference latinx morning morphology multilingual
mentor participation paragraph parent peers peer percent pronunciation recess referrals retention rubrics self shelter
spelling stamina suspension suspensions syllables talking tasks teacher teamwork thinking tutor tutoring vowels
ms mrs mr mx dr coach principal professor
christmas diwali easter eid halloween hanukkah lent passover ramadan thanksgiving covid pandemic
ade amharic arabic armenian bengali burmese cantonese creole dari farsi filipino gujarati hebrew hindi hmong
karen khmer korean kurdish lao mandarin nepali pashto persian polish portuguese punjabi russian samoan somali swahili
tagalog tamil telugu thai tigrinya turkish twi ukrainian urdu vietnamese yoruba
asl bilingual black brown christian deaf ecuadorian guatemalan honduran jewish muslim salvadoran venezuelan white
afghanistan algeria argentina armenia bangladesh bolivia brazil burma burundi cambodia cameroon chile colombia congo
denmark dominican ecuador egypt eritrea ethiopia france gambia germany ghana greece guatemala guinea honduras hungary
iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya kosovo kuwait laos lebanon liberia mali moldova
mongolia morocco myanmar nepal nicaragua nigeria norway oman pakistan palestine panama paraguay peru philippines poland
portugal romania russia rwanda salvador scotland senegal serbia sierra leone somalia spain sudan sweden switzerland
taiwan tanzania thailand tibet togo tunisia turkey uganda uruguay uzbekistan venezuela vietnam yemen zambia zimbabwe
appendix chapter cohort figure item option part phase scale table track type vitamin wave
act aimsweb ap avid beery ccss cfa cfas cvc dbq dibels dra ebd eld ela ell ells els ese esl esol fafsa fsa gate gpa
ixl lep lms ltel map mclass mtss naep ngss nwea oral orf parcc pbis ple plc plcs psat rti sat sba sbac sel sld slife
staar stars teks tesol toefl udl wida wiat word wpm
achieve amplify blooket boardworks book brainpop canva classdojo cognia conners cornell danielson dreambox edmodo
edpuzzle epic everfi flipgrid freckle gallup gillingham hattie heggerty hmh iready imagine jamboard kagan kahoot
kami khan magnetic marzano mcgraw membean newsela nearpod naviance noredink orton padlet panorama pearson powerschool
prodigy quill quizizz quizlet raz reflex renaissance savvas schoology seesaw socrative socratic storyworks teams
turnitin webb wixie zoom youtube freire frayer venn cuisenaire elkonin dolch fry bloom
algebraic boolean cartesian euclidean newtonian punnett pythagorean riemann shakespeare shakespearean socrates
bible constitution congress senate holocaust reconstruction renaissance revolution enlightenment industrial
earth mars moon sun milky internet web word excel
"""
_BEGINNINGS = """
additionally afterwards consequently currently especially finally first furthermore generally hence historically
initially instead lately mainly meanwhile moreover mostly nevertheless next nonetheless rarely recently second
similarly sometimes soon specifically third therefore typically unfortunately usually yesterday
a about above across after all although among an and another any are as at because before below between both but by
despite do does during each eight even every few fewer five for four from given half has have he her his how however
i if in is it its last later less like many more most much my neither next nine no nobody none not now of often on
once one only or other others our over overall per same seven several she since six so some still such ten that the
their then there these they this those though three through thus to today two under until we what when where whereas
while who whole why will with within without yet you your dear
"""

BEGINNINGS = frozenset(_BEGINNINGS.split())
COMMON_TERMS = BEGINNINGS | frozenset(f"{_TIMES} {_SUBJECTS} {_PROGRAMMES} {_SCHOOL_DAYS} {_PLACES}".split())
