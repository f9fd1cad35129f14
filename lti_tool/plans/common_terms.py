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
_BEGINNINGS = """
a about above across after all although among an and another any are as at because before below between both but by
despite do does during each eight even every few fewer five for four from given half has have he her his how however
i if in is it its last later less like many more most much my neither next nine no nobody none not now of often on
once one only or other others our over overall per same seven several she since six so some still such ten that the
their then there these they this those though three through thus to today two under until we what when where whereas
while who whole why will with within without yet you your dear
"""

COMMON_TERMS = frozenset(f"{_TIMES} {_SUBJECTS} {_PROGRAMMES} {_PLACES} {_BEGINNINGS}".split())
