"""Keep the day until which the readers of a plan are to answer.

Revision 0011.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

USUAL_DAYS = 14
PLAN = sa.table(
    'growth_plan', sa.column('id', sa.Integer()), sa.column('template_version_id', sa.Integer()),
    sa.column('submitted_at', lti_tool.db.UtcDateTime(timezone=True)), sa.column('answer_by', sa.Date()),
)
RULES = sa.table('template_version', sa.column('id', sa.Integer()), sa.column('review_days', sa.Integer()))


def upgrade() -> None:
    with op.batch_alter_table('growth_plan') as plan:
        plan.add_column(sa.Column('answer_by', sa.Date(), nullable=True))
    _fill_in()


def _fill_in() -> None:
    """Count the days that a plan's own rules give from when it was last handed in."""
    handed_in = sa.select(PLAN.c.id, PLAN.c.submitted_at, RULES.c.review_days)
    handed_in = handed_in.select_from(PLAN.outerjoin(RULES, RULES.c.id == PLAN.c.template_version_id))
    rows = op.get_bind().execute(handed_in.where(PLAN.c.submitted_at.is_not(None))).all()
    due = [
        {'plan_id': plan_id, 'day': submitted_at.date() + timedelta(days=days or USUAL_DAYS)}
        for plan_id, submitted_at, days in rows
    ]
    if due:
        plan = sa.update(PLAN).where(PLAN.c.id == sa.bindparam('plan_id')).values(answer_by=sa.bindparam('day'))
        op.get_bind().execute(plan, due)


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot say by when a plan is due; restore a backup.')
