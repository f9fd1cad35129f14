"""Tell whoever was taken out of a team that they are not in it any more.

Revision 0047.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('team_ending') as ending:
        ending.add_column(sa.Column('was_taken_out', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('team_ending') as ending:
        ending.alter_column('was_taken_out', existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('team_ending') as ending:
        ending.drop_column('was_taken_out')
