"""Keep what happened to completions and scores step by step; of what there is already, the last times are known.

Revision 0038.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import UtcDateTime

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

NOTICED = "SELECT id, 'noticed', noticed_at, source, completed_at FROM completion"
TURNS = {
    'held': 'held_at', 'left_out': 'left_out_at', 'recalled': 'recalled_at', 'kept': 'kept_at',
    'withdrawn': 'withdrawn_at',
}
SAID = {'taken': 'sent_at', 'shown': 'confirmed_at'}


def upgrade() -> None:
    op.create_table(
        'completion_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('completion_id', sa.Integer(), nullable=False),
        sa.Column('turn', sa.String(length=32), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('source', sa.String(length=32), nullable=True),
        sa.Column('completed_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['completion_id'], ['completion.id'], name=op.f('fk_completion_step_completion_id_completion'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_completion_step')),
    )
    op.create_index(op.f('ix_completion_step_completion_id_completion_step_id'), 'completion_step', ['completion_id', 'id'])
    op.create_table(
        'score_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('score_id', sa.Integer(), nullable=False),
        sa.Column('turn', sa.String(length=32), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('shown', sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ['score_id'], ['score.id'], name=op.f('fk_score_step_score_id_score'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_score_step')),
    )
    op.create_index(op.f('ix_score_step_score_id_score_step_id'), 'score_step', ['score_id', 'id'])
    op.execute(f'INSERT INTO completion_step (completion_id, turn, at, source, completed_at) {NOTICED}')
    for turn, column in TURNS.items():
        told = f"SELECT id, '{turn}', {column} FROM completion WHERE {column} IS NOT NULL"
        op.execute(f'INSERT INTO completion_step (completion_id, turn, at) {told}')
    for turn, column in SAID.items():
        told = f"SELECT id, '{turn}', {column} FROM score WHERE {column} IS NOT NULL"
        op.execute(f'INSERT INTO score_step (score_id, turn, at) {told}')


def downgrade() -> None:
    op.drop_table('score_step')
    op.drop_table('completion_step')
