"""Keep who comes to a colleague's open door or problem of practice, what they note, and what the host does next.

Revision 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('opportunity') as opportunity:
        opportunity.add_column(sa.Column('next_step', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('opportunity') as opportunity:
        opportunity.alter_column('next_step', existing_type=sa.Text(), existing_nullable=False, server_default=None)
    op.create_table(
        'visit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('opportunity_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('joined_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('noted_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['opportunity_id'], ['opportunity.id'], name=op.f('fk_visit_opportunity_id_opportunity'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_visit_person_id_person'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
        sa.UniqueConstraint('opportunity_id', 'person_id', name=op.f('uq_visit_opportunity_id_person_id')),
    )
    op.create_index(op.f('ix_visit_person_id'), 'visit', ['person_id'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot hold visits; restore a backup.')
