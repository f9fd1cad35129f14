"""Keep who asked to be reminded, and in which language districts and educators are told.

Revision 0031.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('alert_settings') as settings:
        settings.add_column(sa.Column('locale', sa.String(32), nullable=False, server_default='en'))
    with op.batch_alter_table('alert_settings') as settings:
        settings.alter_column('locale', existing_type=sa.String(32), existing_nullable=False, server_default=None)
    op.create_table(
        'reminder',
        sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('frequency', sa.Enum('weekly', 'monthly', name='frequency', native_enum=False, length=32), nullable=False),
        sa.Column('email', sa.String(320), nullable=False),
        sa.Column('hook_url', sa.String(1000), nullable=False),
        sa.Column('locale', sa.String(32), nullable=False),
        sa.Column('token', sa.String(64), nullable=False),
        sa.Column('due_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('saved_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_reminder_person_id_person'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_reminder')),
        sa.UniqueConstraint('token', name=op.f('uq_reminder_token')),
    )
    op.create_index(op.f('ix_reminder_due_at'), 'reminder', ['due_at'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot hold reminders; restore a backup.')
