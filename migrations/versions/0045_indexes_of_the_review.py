"""Count scores and find what asks somebody without reading every row.

Revision 0045.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0042'
branch_labels = None
depends_on = None

IS_WAITING = sa.text("state = 'waiting'")
NOT_TAKEN_BACK = sa.text('withdrawn_at IS NULL')
ASKS_SOMEBODY = sa.text(
    '((held_at IS NOT NULL AND withdrawn_at IS NULL AND left_out_at IS NULL) '
    'OR (recalled_at IS NOT NULL AND withdrawn_at IS NULL) '
    'OR (withdrawn_at IS NOT NULL AND reviewed_at IS NULL))'
)


def upgrade() -> None:
    op.create_index('ix_score_standing', 'score', ['district_id', 'course_id', 'state', 'confirmed_at', 'sent_at'])
    op.create_index(
        'ix_score_waiting', 'score', ['district_id', 'course_id', 'created_at'],
        sqlite_where=IS_WAITING, postgresql_where=IS_WAITING,
    )
    op.create_index(
        'ix_completion_there', 'completion', ['course_id'],
        sqlite_where=NOT_TAKEN_BACK, postgresql_where=NOT_TAKEN_BACK,
    )
    op.create_index(
        'ix_completion_asking', 'completion', ['district_id'],
        sqlite_where=ASKS_SOMEBODY, postgresql_where=ASKS_SOMEBODY,
    )


def downgrade() -> None:
    op.drop_index('ix_completion_asking', table_name='completion')
    op.drop_index('ix_completion_there', table_name='completion')
    op.drop_index('ix_score_waiting', table_name='score')
    op.drop_index('ix_score_standing', table_name='score')
