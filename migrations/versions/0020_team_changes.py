"""Keep what a run would change of teams that stand, and which team an invited person would leave.

Revision 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

KIND = sa.Enum('anew', 'joiners', 'improve', name='runkind', native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table('proposal_run') as run:
        run.add_column(sa.Column('kind', KIND, nullable=False, server_default='anew'))
        run.add_column(sa.Column('gain', sa.Double(), nullable=True))
    with op.batch_alter_table('proposal_run') as run:
        run.alter_column('kind', existing_type=KIND, existing_nullable=False, server_default=None)
    with op.batch_alter_table('team_member') as member:
        member.add_column(sa.Column('leaves_id', sa.Integer(), nullable=True))
        member.create_foreign_key(
            member.f('fk_team_member_leaves_id_team'), 'team', ['leaves_id'], ['id'], ondelete='SET NULL')
        member.create_index(member.f('ix_team_member_leaves_id'), ['leaves_id'])
    op.create_table(
        'team_change',
        sa.Column('id', sa.Integer(), nullable=False),
        *(sa.Column(f'{name}_id', sa.Integer(), nullable=False) for name in ('run', 'person', 'goal', 'team')),
        sa.Column('leaves_id', sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([f'{name}_id'], [f'{table}.id'], name=op.f(f'fk_team_change_{name}_id_{table}'),
                ondelete='CASCADE')
            for name, table in (('run', 'proposal_run'), ('person', 'person'), ('goal', 'goal'), ('team', 'team'),
                ('leaves', 'team'))
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_team_change')),
        sa.UniqueConstraint('run_id', 'person_id', name=op.f('uq_team_change_run_id_person_id')),
    )
    for name in ('person', 'goal', 'team', 'leaves'):
        op.create_index(op.f(f'ix_team_change_{name}_id'), 'team_change', [f'{name}_id'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot hold invitations to move; restore a backup.')
