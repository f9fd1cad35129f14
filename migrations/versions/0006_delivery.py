"""Send many messages at a time, and tell a district by mail or web hook when deliveries fail or wait.

Revision 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'alert_settings',
        sa.Column('district_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('emails', sa.JSON(), nullable=False),
        sa.Column('hook_url', sa.String(length=1000), nullable=False),
        sa.Column('saved_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['district_id'], ['district.id'], name=op.f('fk_alert_settings_district_id_district'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('district_id', name=op.f('pk_alert_settings')),
    )
    with op.batch_alter_table('outbox_lane') as lane:
        lane.add_column(sa.Column('at_once', sa.Integer(), nullable=True))
    with op.batch_alter_table('outbox_message') as message:
        message.add_column(sa.Column('is_sending', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('outbox_message') as message:
        message.alter_column('is_sending', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    raise NotImplementedError('Alerts have no place in the tables before; restore a backup.')
