"""Let somebody work with several grade bands.

Revision 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BANDS = ('PK', 'K-2', '3-5', '6-8', '9-12')


def upgrade() -> None:
    with op.batch_alter_table('person') as person:
        person.add_column(sa.Column('grade_bands', sa.JSON(), nullable=False, server_default='[]'))
    people = sa.table('person', sa.column('grade_band', sa.String()), sa.column('grade_bands', sa.JSON()))
    for band in BANDS:
        op.execute(sa.update(people).where(people.c.grade_band == band).values(grade_bands=[band]))
    with op.batch_alter_table('person') as person:
        person.alter_column('grade_bands', existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        person.drop_column('grade_band')


def downgrade() -> None:
    raise NotImplementedError('Somebody may have several bands now, which one column cannot hold; restore a backup.')
