"""Keep when LMSs were asked, what is held and taken back, and who renews a token.

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)
WHY = sa.Enum('many', 'first', 'early', name='heldwhy', native_enum=False, length=32)
MOMENTS = {
    'course': ('ends_at', 'completions_asked_at', 'untrackable_at'),
    'completion': ('left_out_at', 'recalled_at', 'kept_at', 'reviewed_at'),
    'activity': ('taken_back_at',),
    'rest_access': ('renewing_until',),
}


def upgrade() -> None:
    for table, names in MOMENTS.items():
        for name in names:
            op.add_column(table, sa.Column(name, MOMENT, nullable=True))
    op.add_column('completion', sa.Column('held_why', WHY, nullable=True))
    op.execute('UPDATE course SET completions_asked_at = completions_read_at')
    op.execute("UPDATE completion SET held_why = 'many' WHERE held_at IS NOT NULL")
    op.execute('UPDATE completion SET reviewed_at = withdrawn_at WHERE withdrawn_at IS NOT NULL')


def downgrade() -> None:
    op.drop_column('completion', 'held_why')
    for table, names in MOMENTS.items():
        for name in names:
            op.drop_column(table, name)
