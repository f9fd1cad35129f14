"""Tell who means to try a practice from who tried it.

Revision 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('practice_try') as told:
        told.add_column(sa.Column('step', sa.String(length=32), nullable=False, server_default='tried'))
    tries = sa.table('practice_try', sa.column('step', sa.String()), sa.column('is_adapted', sa.Boolean()))
    op.execute(sa.update(tries).where(tries.c.is_adapted).values(step='adapted'))
    with op.batch_alter_table('practice_try') as told:
        told.alter_column('step', existing_type=sa.String(length=32), existing_nullable=False, server_default=None)
        told.drop_column('is_adapted')


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot tell who only means to try something; restore a backup.')
