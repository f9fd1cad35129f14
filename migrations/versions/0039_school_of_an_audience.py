"""Keep to which school cards, evidence and practices are shown: where their owners go later widens nothing.

Revision 0039.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

TABLES = ('declaration', 'evidence', 'practice_card')
OF_GOAL = """
    UPDATE {table} SET school_id = (
        SELECT person.school_id FROM goal
        JOIN growth_plan ON growth_plan.id = goal.plan_id JOIN person ON person.id = growth_plan.person_id
        WHERE goal.id = {table}.goal_id)
    WHERE audience = 'school'
"""
OF_PRACTICE = """
    UPDATE practice_card SET school_id = (SELECT school_id FROM person WHERE person.id = practice_card.person_id)
    WHERE audience = 'school'
"""


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as shown:
            shown.add_column(sa.Column('school_id', sa.Integer(), nullable=True))
            shown.create_foreign_key(
                shown.f(f'fk_{table}_school_id_school'), 'school', ['school_id'], ['id'], ondelete='SET NULL')
            shown.create_index(shown.f(f'ix_{table}_school_id'), ['school_id'])
    for table in ('declaration', 'evidence'):
        op.execute(OF_GOAL.format(table=table))
    op.execute(OF_PRACTICE)


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as shown:
            shown.drop_index(shown.f(f'ix_{table}_school_id'))
            shown.drop_constraint(shown.f(f'fk_{table}_school_id_school'), type_='foreignkey')
            shown.drop_column('school_id')
