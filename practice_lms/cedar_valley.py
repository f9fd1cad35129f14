"""The made-up school district "Cedar Valley" as tables: who works where, and which courses exist.

The facts that the tests count: three schools (one of them a rural K-8), 26 people over ten roles, four groups of people
with like goals (5, 6, 6 and 5) and two who stand alone. Every name is invented.
"""

from __future__ import annotations

from typing import NamedTuple

from practice_lms.state import Enrolment, Requirement

RIVERSIDE = "Riverside Elementary School"
PINE_RIDGE = "Pine Ridge K-8 School"
SECONDARY = "Cedar Valley Secondary School"
DISTRICT_OFFICE = "Cedar Valley district office"
SCHOOLS = (RIVERSIDE, PINE_RIDGE, SECONDARY)

PUPIL = "pupil"


class Person(NamedTuple):
    """One person of the district: `role` is one of ten, `position` says it in full."""

    login: str
    given_name: str
    family_name: str
    role: str
    position: str
    school: str


PEOPLE = (
    Person("ana.ruiz", "Ana", "Ruiz", "teacher", "Teacher, grade 4", RIVERSIDE),
    Person("ben.okafor", "Ben", "Okafor", "teacher", "Teacher, kindergarten", PINE_RIDGE),
    Person("chloe.nguyen", "Chloe", "Nguyen", "teacher", "Teacher, grade 8 mathematics", SECONDARY),
    Person("dev.patel", "Dev", "Patel", "special educator", "Special educator, grades 3-5", RIVERSIDE),
    Person("elena.petrova", "Elena", "Petrova", "paraeducator", "Paraeducator, grade 1", RIVERSIDE),
    Person("farah.siddiqui", "Farah", "Siddiqui", "principal", "Principal", PINE_RIDGE),
    Person("gabriel.santos", "Gabriel", "Santos", "teacher", "Teacher, grade 6 English", PINE_RIDGE),
    Person("hana.kim", "Hana", "Kim", "teacher", "Teacher, grades 9-12 history", SECONDARY),
    Person("isaac.cohen", "Isaac", "Cohen", "teacher", "Teacher, grades 9-12 mathematics", SECONDARY),
    Person("jamila.brown", "Jamila", "Brown", "instructional coach", "Instructional coach, grades PK-5", RIVERSIDE),
    Person("kofi.mensah", "Kofi", "Mensah", "librarian", "Librarian, grades 6-12", SECONDARY),
    Person("lucia.moretti", "Lucia", "Moretti", "counselor", "Counselor, grades 9-12", SECONDARY),
    Person("marcus.reed", "Marcus", "Reed", "teacher", "Teacher, grade 7 science", SECONDARY),
    Person("noor.alami", "Noor", "Alami", "counselor", "Counselor, grades PK-5", RIVERSIDE),
    Person("owen.mcbride", "Owen", "McBride", "principal", "Principal", SECONDARY),
    Person("priya.raman", "Priya", "Raman", "teacher", "Teacher, grades 6-8 physical education", PINE_RIDGE),
    Person("quinn.walker", "Quinn", "Walker", "paraeducator", "Paraeducator, grades 9-12", SECONDARY),
    Person("rosa.delgado", "Rosa", "Delgado", "teacher", "Teacher, English language development", RIVERSIDE),
    Person("samir.haddad", "Samir", "Haddad", "teacher", "Teacher, grade 2", RIVERSIDE),
    Person("tala.yazzie", "Tala", "Yazzie", "teacher", "Teacher, pre-kindergarten", PINE_RIDGE),
    Person("uma.fischer", "Uma", "Fischer", "librarian", "Librarian, grades PK-5", RIVERSIDE),
    Person("viktor.novak", "Viktor", "Novak", "special educator", "Special educator, grades 9-12", SECONDARY),
    Person("wanda.kowalski", "Wanda", "Kowalski", "school nurse", "School nurse", PINE_RIDGE),
    Person("xavier.hill", "Xavier", "Hill", "teacher", "Teacher, grades 9-12 agriculture", SECONDARY),
    Person("yuki.tanaka", "Yuki", "Tanaka", "PD designer", "Professional-development designer", DISTRICT_OFFICE),
    Person("zola.dlamini", "Zola", "Dlamini", "LMS administrator", "LMS administrator", DISTRICT_OFFICE),
)

PUPILS = (
    Person("pupil.ivy", "Ivy", "Pupil", PUPIL, "Pupil, grade 7", SECONDARY),
    Person("pupil.leo", "Leo", "Pupil", PUPIL, "Pupil, grade 7", SECONDARY),
    Person("pupil.mina", "Mina", "Pupil", PUPIL, "Pupil, grade 7", SECONDARY),
)

ADMINISTRATOR = "zola.dlamini"
DESIGNER = "yuki.tanaka"

LIKE_GOALS = {
    "PD101": ("ana.ruiz", "ben.okafor", "chloe.nguyen", "dev.patel", "elena.petrova"),
    "PD102": ("farah.siddiqui", "gabriel.santos", "hana.kim", "isaac.cohen", "jamila.brown", "kofi.mensah"),
    "PD103": ("lucia.moretti", "marcus.reed", "noor.alami", "owen.mcbride", "priya.raman", "quinn.walker"),
    "PD104": ("rosa.delgado", "samir.haddad", "tala.yazzie", "uma.fischer", "viktor.novak"),
}
"""People who work on like goals, by the course that serves these goals; they are exactly its learners."""

STAND_ALONE = ("wanda.kowalski", "xavier.hill")
"""The school nurse and the agriculture teacher: nobody else has goals like theirs."""

EVALUATOR_AND_EDUCATOR = ("farah.siddiqui", "gabriel.santos")
"""She evaluates him, and both work on like goals: they must not meet in one team."""


class Page(NamedTuple):
    """A page of a course and what makes it complete."""

    title: str
    requirement: Requirement
    body: str


class CoursePlan(NamedTuple):
    """A course with its pages, its learners and whoever else has a part in it."""

    label: str
    title: str
    learners: tuple[str, ...]
    pages: tuple[Page, ...]
    staff: dict[str, Enrolment]
    by_school: bool = False


TEACHES = {DESIGNER: Enrolment.TEACHER}
VIEW, DONE, PASS, NONE = Requirement.VIEW, Requirement.DONE, Requirement.PASS, Requirement.NONE

COURSES = (
    CoursePlan(
        "PD101",
        "Formative assessment in every lesson",
        LIKE_GOALS["PD101"],
        (
            Page("Seeing what learners understand", VIEW, "Short checks during a lesson tell us what to do next."),
            Page("Plan one exit question", DONE, "Write one question that shows whether the aim of a lesson was met."),
            Page("Look at the answers together", DONE, "Sort the answers with a colleague and agree on the next step."),
        ),
        TEACHES | {"jamila.brown": Enrolment.DESIGNER},
    ),
    CoursePlan(
        "PD102",
        "Questioning and discussion",
        LIKE_GOALS["PD102"],
        (
            Page(
                "Questions that open thinking", VIEW, "Open questions, time to think, and answers that build on others."
            ),
            Page("Record ten minutes of discussion", DONE, "Count who speaks, and how long we wait after a question."),
            Page("Check: kinds of question", PASS, "A short check. It is passed at 70 of 100."),
        ),
        TEACHES | {"uma.fischer": Enrolment.ASSISTANT},
        by_school=True,
    ),
    CoursePlan(
        "PD103",
        "Restorative practices",
        LIKE_GOALS["PD103"],
        (
            Page("From rules to relationships", VIEW, "What a circle is for, and what it is not for."),
            Page("Hold one circle", DONE, "Hold a circle with a class or a small group."),
            Page("Repair after harm", DONE, "Walk through a repair conversation with a colleague."),
        ),
        TEACHES,
    ),
    CoursePlan(
        "PD104",
        "Multilingual learners in every classroom",
        LIKE_GOALS["PD104"],
        (
            Page("Language in every subject", VIEW, "Each subject has its own language, and all of us teach it."),
            Page("Plan a language aim", DONE, "Add one language aim to a lesson that you teach next week."),
            Page("Speak with a family", DONE, "Ask one family which languages are at home, and in what they are used."),
        ),
        TEACHES,
    ),
    CoursePlan(
        "PD105",
        "Trauma-informed counseling and care",
        ("dev.patel", "lucia.moretti", "noor.alami", "quinn.walker", "wanda.kowalski"),
        (
            Page("What stress does to learning", VIEW, "How long stress shows in a school day."),
            Page("A calm start", DONE, "Try one calm start of a lesson, a visit or a talk for a week."),
            Page("Read more", NONE, "Further reading. Nothing here is required."),
        ),
        TEACHES,
    ),
    CoursePlan(
        "PD106",
        "Leading learning among colleagues",
        ("farah.siddiqui", "jamila.brown", "owen.mcbride", "rosa.delgado", "xavier.hill"),
        (
            Page("Leading without a title", VIEW, "Teachers and administrators both lead."),
            Page("Open your door", DONE, "Invite one colleague into a lesson, with one question to look for."),
        ),
        TEACHES,
    ),
    CoursePlan(
        "SCI7",
        "Grade 7 science",
        tuple(pupil.login for pupil in PUPILS),
        (
            Page("Cells", VIEW, "All living things are made of cells."),
            Page("Draw a plant cell", DONE, "Draw a plant cell and label six parts."),
        ),
        {"marcus.reed": Enrolment.TEACHER},
    ),
)
"""Six courses for educators, and one for pupils: of that one a tool for educators must store nothing."""
