"""Tell scores of a team that kept a cycle from those of a met goal.

Revision 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('score') as score:
        score.add_column(sa.Column('kind', sa.String(length=32), nullable=False, server_default='goal'))
    with op.batch_alter_table('score') as score:
        score.alter_column('kind', existing_type=sa.String(length=32), existing_nullable=False, server_default=None)


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot tell whose scores are of a team; restore a backup.')
