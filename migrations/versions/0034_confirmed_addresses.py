"""Send reminders only to addresses that the LMS gave or that somebody confirmed.

Revision 0034.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('reminder') as reminder:
        reminder.add_column(sa.Column('confirmed_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))
        reminder.add_column(sa.Column('confirm_nonce', sa.String(32), nullable=False, server_default=''))
    with op.batch_alter_table('reminder') as reminder:
        reminder.alter_column('confirm_nonce', existing_type=sa.String(32), existing_nullable=False, server_default=None)
    op.execute(
        'UPDATE reminder SET confirmed_at = saved_at WHERE email <> \'\' AND lower(email) = '
        '(SELECT lower(person.email) FROM person WHERE person.id = reminder.person_id)'
    )


def downgrade() -> None:
    raise NotImplementedError('The table before would send to addresses that nobody confirmed; restore a backup.')
