"""Keep which scores were sent again together, and how far that is.

Revision 0028.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'resend',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('chosen', sa.JSON(), nullable=False),
        sa.Column('last_score_id', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('queued', sa.Integer(), nullable=False),
        sa.Column('created_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('finished_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column('stopped_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['district_id'], ['district.id'], name=op.f('fk_resend_district_id_district'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['actor_id'], ['person.id'], name=op.f('fk_resend_actor_id_person'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_resend')),
    )
    op.create_index(op.f('ix_resend_district_id_resend_id'), 'resend', ['district_id', 'id'])
    op.create_index(op.f('ix_resend_actor_id'), 'resend', ['actor_id'])
    with op.batch_alter_table('score') as score:
        score.add_column(sa.Column('resend_id', sa.Integer(), nullable=True))
        score.create_foreign_key(
            op.f('fk_score_resend_id_resend'), 'resend', ['resend_id'], ['id'], ondelete='SET NULL'
        )
    op.create_index(op.f('ix_score_resend_id_score_state'), 'score', ['resend_id', 'state'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot say what was sent again together; restore a backup.')
