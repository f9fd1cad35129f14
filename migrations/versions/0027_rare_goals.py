"""Keep why a run left people alone, who is nearest to them, and how near the others are to their proposals.

Revision 0027.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

WHY_ALONE = sa.Enum('below_floor', 'too_few', 'no_team', name='whyalone', native_enum=False, length=32)
WHY_NOT = sa.Enum('lower', 'apart', 'full', 'own_too_small', 'kept', 'moves', 'others_lose', name='whynot',
    native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table('proposal_run') as run:
        run.add_column(sa.Column('text_model', sa.String(length=64), nullable=False, server_default=''))
    with op.batch_alter_table('proposal_run') as run:
        run.alter_column('text_model', existing_type=sa.String(length=64), existing_nullable=False, server_default=None)
    with op.batch_alter_table('left_alone') as alone:
        alone.add_column(sa.Column('why', WHY_ALONE, nullable=True))
        alone.add_column(sa.Column('likeness', sa.Double(), nullable=True))
        for name in ('goal', 'nearest_goal'):
            alone.add_column(sa.Column(f'{name}_id', sa.Integer(), nullable=True))
            alone.create_foreign_key(
                alone.f(f'fk_left_alone_{name}_id_goal'), 'goal', [f'{name}_id'], ['id'], ondelete='SET NULL')
            alone.create_index(alone.f(f'ix_left_alone_{name}_id'), [f'{name}_id'])
    op.create_table(
        'placement',
        sa.Column('member_id', sa.Integer(), nullable=False),
        sa.Column('here', sa.Double(), nullable=False),
        sa.Column('best', sa.Double(), nullable=False),
        sa.Column('other_team', sa.String(length=80), nullable=False),
        sa.Column('there', sa.Double(), nullable=False),
        sa.Column('why_not', WHY_NOT, nullable=True),
        sa.ForeignKeyConstraint(['member_id'], ['team_member.id'], name=op.f('fk_placement_member_id_team_member'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('member_id', name=op.f('pk_placement')),
    )


def downgrade() -> None:
    raise NotImplementedError('What runs found of people is not kept by the tables before; restore a backup.')
