"""Tests of what makes a text look as if it named a student, and of what must not."""

from __future__ import annotations

import random

import pytest

from lti_tool.plans.student_signs import CAPITALISED, PATTERNS, SINGLE, TURNED, Sign, names_in, signs_of_student


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Tim Baker 482133", Sign.NAME_AND_NUMBER),
        ("Tim Baker (ID 4711) misses school", Sign.NAME_AND_NUMBER),
        ("Baker, Tim #4711", Sign.NAME_AND_NUMBER),
        ("José Núñez, no. 88213", Sign.NAME_AND_NUMBER),
        ("Student ID: 88231 is absent", Sign.STUDENT_NUMBER),
        ("Student 48213 fell behind", Sign.STUDENT_NUMBER),
        ("ID 48213", Sign.STUDENT_NUMBER),
        ("ID: A-48213", Sign.STUDENT_NUMBER),
        ("id# 2039", Sign.STUDENT_NUMBER),
        ("pupil number 2039 reads", Sign.STUDENT_NUMBER),
        ("the one with #4711", Sign.STUDENT_NUMBER),
        ("lives at 12 oak street", Sign.ADDRESS),
        ("PO Box 114", Sign.ADDRESS),
        ("p.o. box 9", Sign.ADDRESS),
        ("1420 N 5th Ave", Sign.ADDRESS),
        ("88 south main st", Sign.ADDRESS),
        ("Ann O'Hara 90210", Sign.NAME_AND_NUMBER),
        ("Rory McDonald 90210", Sign.NAME_AND_NUMBER),
        ("ask tim.baker@example.test", Sign.EMAIL),
        ("lives at 12 Oak Street", Sign.ADDRESS),
        ("4417 North Cedar Hill Rd", Sign.ADDRESS),
        ("call (555) 123-4567", Sign.PHONE),
        ("call 555-123-4567 at home", Sign.PHONE),
        ("call +49 30 1234567890", Sign.PHONE),
        ("born 12/3/2015", Sign.BIRTH_DATE),
        ("born on 3 May 2015", Sign.BIRTH_DATE),
        ("DOB: 2015-03-12", Sign.BIRTH_DATE),
        ("date of birth: March 12, 2015", Sign.BIRTH_DATE),
        ("Tim Baker, 3/12/2015", Sign.BIRTH_DATE),
        ("the record 20451877 shows", Sign.LONG_NUMBER),
    ],
)
def test_a_text_that_may_name_a_student_is_noticed(text, sign):
    assert sign in signs_of_student(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Grade 4",
        "Room 12",
        "2026-27",
        "Unit 3 Lesson 2",
        "Grade 4, Room 12, school year 2026-2027",
        "In Fall 2026, 62% of 118 students passed",
        "Spring Assessment 2026",
        "Fall Benchmark 2026-27",
        "Standard RL.4.1 and indicator T2.1b",
        "Period 3 Algebra 1",
        "exit notes of 12/3/2026",
        "from 9/1/2026 to 10/15/2026",
        "Monday, December 3, 2026",
        "14 of 26 students, May 2026",
        "1,204,331 words were read",
        "Lexile 820 on average",
        "100 Book Challenge",
        "the 2026 Science Fair",
        "Unit 12 Street art",
        "Most students were born in another country",
        "see page 48213 of the report? no: page 482",
        "Students at Lake School asked for more time",
        "two of three answered at 08:45",
        "score 3.250000 of 4",
        "Student 2026 survey",
        "12 students live on the same street",
        "5 minutes down the road",
        "20 students drive to school",
        "3 of 4 students walk along the road",
        "Grade 4 MAP Reading fell",
        "About 118 students did not pass",
        "Item 7 of 20 was left empty",
        "3 students per lane",
        "We did 300 problems",
    ],
)
def test_a_text_about_students_as_a_whole_is_left_alone(text):
    assert signs_of_student(text) == []


@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "Ab ",
        "1",
        "1 Ab",
        "born ",
        "+1",
        "a@",
        "1-",
        "Ab Ab, ",
        "Jan 1 ",
        "student ",
        "'",
        "Aa'",
        "(555) ",
        "12 Ab Ab ",
    ],
)
def test_a_text_of_any_length_is_looked_through_in_steps_that_do_not_multiply(piece):
    """Each pattern looks a bounded way ahead, so a text of ten times the length has no other signs and comes back."""
    long, longer = piece * (20_000 // len(piece)), piece * (200_000 // len(piece))

    assert signs_of_student(long) == signs_of_student(longer)


def test_no_pattern_repeats_without_a_bound():
    unbounded = [
        sign for sign, pattern in PATTERNS.items() if "*" in pattern.pattern or _has_open_plus(pattern.pattern)
    ]

    assert unbounded == []


def _has_open_plus(pattern: str) -> bool:
    return any(mark in pattern for mark in ("]+", "d+", "w+", ")+", "s+"))


def test_any_text_gets_an_answer():
    chance = random.Random(7)
    alphabet = "Ab1 -./,()@#+'é\n"
    for _ in range(300):
        text = "".join(chance.choices(alphabet, k=chance.randrange(400)))
        assert set(signs_of_student(text)) <= set(Sign)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Tim Baker reads below grade 4", ["Tim Baker"]),
        ("In my class Tim Baker and Ida Stone leave it empty", ["Tim Baker", "Ida Stone"]),
        ("Half of them do, but not José Núñez.", ["José Núñez"]),
        ("Tim Baker\u2019s exit notes are empty", ["Tim Baker"]),
        ("Most do well. Rory McDonald does not.", ["Rory McDonald"]),
        ("In Math Tim J. Baker guesses", ["Tim J. Baker"]),
        ("When Mary-Ann O'Hara speaks, nobody listens", ["Mary-Ann O'Hara"]),
    ],
)
def test_a_name_without_a_number_is_worth_a_question(text, names):
    assert names_in(text) == names
    assert signs_of_student(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jamal cannot decode CVC words", ["Jamal"]),
        ("Most of them decode, but Maria cannot", ["Maria"]),
        ("Maria G. and Tom B. leave it empty", ["Maria", "Tom"]),
        ("Only J. Brown writes the last answer", ["Brown"]),
        ("SMITH, JOHN", ["SMITH, JOHN"]),
        ("O'Brien, Sean", ["O'Brien, Sean"]),
        ("Half of them talk. When Ida speaks, nobody listens.", ["Ida"]),
        ("Most of it is in Jamal\u2019s notebook", ["Jamal"]),
        ("They work well. Aisha struggles with fractions.", ["Aisha"]),
    ],
)
def test_a_single_name_is_worth_a_question_too(text, names):
    assert names_in(text) == names


ORDINARY = """
Grade 4 MAP Reading fell from 198 to 191 between Fall and Winter.
Only 12 of 26 students decode CVC words; the Lexile median is 420.
Title I students and multilingual learners talk less in whole-class discussion.
In October and November most exit notes left the last question empty.
Ms. Kim and I looked at the writing samples of two classes.
Mr. Lopez's common assessment shows the same pattern, as does that of Dr. Ames.
DIBELS and WIDA scores show that English learners need more oral practice.
Attendance fell in March. Homework is done by half of them.
Comprehension does not follow fluency. Fluency can hide it.
Students cannot explain their thinking. Some refuse to write.
According to the NWEA report, growth in Algebra was low.
Many speak Spanish, Arabic or Somali at home.
Half of our newcomers from Guatemala arrived in January.
During Ramadan some of them were tired in the afternoon.
After Thanksgiving, engagement in Period 3 dropped.
We use Desmos, Kahoot and Khan Academy, and the Frayer model.
In the Danielson framework this is about questioning.
IEP goals ask for it, and so does the MTSS team.
Our K-2 teachers, and those of Grade Three, see it as well.
On the SBAC, ELA and MATH claims were near the mean.
The SEL survey says that they feel safe. Questions 4 to 6 were skipped.
They read one play in Grade 9. Plan B. was to read less.
Black and Hispanic students were referred more often than White students.
Half of them, mostly boys, give up. Number Talks helped.
Quizzes show that fractions on a number line are hard.
Fewer than five wrote a claim; evidence was named by two.
Benchmark A. and Part B. of Unit 2 ask for reasons.
"""


@pytest.mark.parametrize("line", ORDINARY.strip().splitlines())
def test_ordinary_evidence_of_a_class_is_asked_nothing(line):
    assert (signs_of_student(line), names_in(line)) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Most students stop at the last question.",
        "Exit Tickets show it in October and November",
        "In Lake School the English Learners of Grade Four talk less",
        "Our Special Education and Dual Language classes need it",
        "Students of New York and San Antonio take the Spring Benchmark",
        "We use Eureka Math, Illustrative Mathematics and Khan Academy",
        "The Next Generation Science Standards ask for it, as does Common Core",
        "Fountas and Pinnell levels, and Reading Recovery",
        "African American and Pacific Islander students are asked less often",
        "Number Talks on Monday Morning",
        "Vocabulary Growth",
        "Fewer Hands Go Up",
        "World War and Civil War units",
        "Cedar Valley asks for it in Advanced Placement Biology",
        "Two of three. Many Hands",
    ],
)
def test_terms_with_capitals_are_no_names(text):
    assert names_in(text) == []


def test_names_are_looked_for_in_steps_that_do_not_multiply():
    patterns = [each.pattern for each in (CAPITALISED, *SINGLE, *TURNED)]
    assert not any(mark in pattern for pattern in patterns for mark in ("*", "]+", ")+"))
    assert len(names_in("Ab Ab " * 40_000)) == len(names_in("Ab Ab " * 4_000))
