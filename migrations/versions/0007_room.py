"""Give each team a room, and let educators pass practices on.

Revision 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


AUDIENCE = _choice('audience', ('private', 'reviewer', 'team', 'school', 'district'))
CHECK_IN_STATE = _choice('checkinstate', ('on_course', 'want_help', 'changed'))
STEP_KIND = _choice('stepkind', ('met', 'revised', 'carried', 'released'))


def upgrade() -> None:
    _make_agreements()
    _make_sessions()
    _make_talk()
    _make_cycles()
    _make_practices()


def _make_agreements() -> None:
    op.create_table(
        'agreement',
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('changed_by_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', MOMENT, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_agreement_changed_by_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_agreement_team_id_team'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('team_id', name=op.f('pk_agreement')),
    )


def _make_sessions() -> None:
    op.create_table(
        'team_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('starts_at', MOMENT, nullable=False),
        sa.Column('hours', sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column('topic', sa.String(length=280), nullable=False),
        sa.Column('facilitator_id', sa.Integer(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['facilitator_id'], ['person.id'], name=op.f('fk_team_session_facilitator_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_session_team_id_team'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_team_session')),
    )
    op.create_index(op.f('ix_team_session_team_id_team_session_starts_at'), 'team_session', ['team_id', 'starts_at'])
    op.create_table(
        'attendance',
        sa.Column('session_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('noted_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_person_id_person'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['session_id'], ['team_session.id'],
            name=op.f('fk_attendance_session_id_team_session'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('session_id', 'person_id', name=op.f('pk_attendance')),
    )
    op.create_index(op.f('ix_attendance_person_id'), 'attendance', ['person_id'])


def _make_talk() -> None:
    op.create_table(
        'check_in',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('state', CHECK_IN_STATE, nullable=False),
        sa.Column('words', sa.String(length=280), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_check_in_person_id_person'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_check_in_team_id_team'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_check_in')),
    )
    op.create_index(op.f('ix_check_in_person_id'), 'check_in', ['person_id'])
    op.create_index(op.f('ix_check_in_team_id_check_in_id'), 'check_in', ['team_id', 'id'])
    op.create_table(
        'help_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('opened_at', MOMENT, nullable=False),
        sa.Column('answered_at', MOMENT, nullable=True),
        sa.Column('closed_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_help_request_person_id_person'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_help_request_team_id_team'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_help_request')),
    )
    op.create_index(op.f('ix_help_request_person_id'), 'help_request', ['person_id'])
    op.create_index(op.f('ix_help_request_team_id_help_request_closed_at'), 'help_request', ['team_id', 'closed_at'])
    op.create_table(
        'help_reply',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('request_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_help_reply_person_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['request_id'], ['help_request.id'],
            name=op.f('fk_help_reply_request_id_help_request'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_help_reply')),
    )
    op.create_index(op.f('ix_help_reply_person_id'), 'help_reply', ['person_id'])
    op.create_index(op.f('ix_help_reply_request_id'), 'help_reply', ['request_id'])


def _make_cycles() -> None:
    op.create_table(
        'team_cycle',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('kept_at', MOMENT, nullable=True),
        sa.Column('closed_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_cycle_team_id_team'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_team_cycle')),
        sa.UniqueConstraint('team_id', 'number', name=op.f('uq_team_cycle_team_id_number')),
    )
    op.create_table(
        'commitment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('cycle_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('step', STEP_KIND, nullable=False),
        sa.Column('words', sa.String(length=280), nullable=False),
        sa.Column('stated_at', MOMENT, nullable=False),
        sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
        sa.Column('confirmed_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_commitment_confirmed_by_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['cycle_id'], ['team_cycle.id'], name=op.f('fk_commitment_cycle_id_team_cycle'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_commitment_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment')),
        sa.UniqueConstraint('cycle_id', 'person_id', name=op.f('uq_commitment_cycle_id_person_id')),
    )
    op.create_index(op.f('ix_commitment_person_id'), 'commitment', ['person_id'])


def _make_practices() -> None:
    op.create_table(
        'practice_card',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.String(length=140), nullable=False),
        sa.Column('did', sa.Text(), nullable=False),
        sa.Column('with_whom', sa.String(length=280), nullable=False),
        sa.Column('needed', sa.String(length=280), nullable=False),
        sa.Column('would_change', sa.Text(), nullable=False),
        sa.Column('audience', AUDIENCE, nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('retired_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_practice_card_district_id_district'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_practice_card_goal_id_goal'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_practice_card_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_card')),
    )
    op.create_index(op.f('ix_practice_card_district_id_practice_card_id'), 'practice_card', ['district_id', 'id'])
    op.create_index(op.f('ix_practice_card_goal_id'), 'practice_card', ['goal_id'])
    op.create_index(op.f('ix_practice_card_person_id'), 'practice_card', ['person_id'])
    op.create_table(
        'practice_indicator',
        sa.Column('card_id', sa.Integer(), nullable=False),
        sa.Column('indicator_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['card_id'], ['practice_card.id'],
            name=op.f('fk_practice_indicator_card_id_practice_card'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id'],
            name=op.f('fk_practice_indicator_indicator_id_indicator'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('card_id', 'indicator_id', name=op.f('pk_practice_indicator')),
    )
    op.create_index(op.f('ix_practice_indicator_indicator_id'), 'practice_indicator', ['indicator_id'])
    op.create_table(
        'practice_try',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('card_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=True),
        sa.Column('is_adapted', sa.Boolean(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('is_named', sa.Boolean(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['card_id'], ['practice_card.id'], name=op.f('fk_practice_try_card_id_practice_card'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_practice_try_goal_id_goal'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_practice_try_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_try')),
        sa.UniqueConstraint('card_id', 'person_id', name=op.f('uq_practice_try_card_id_person_id')),
    )
    op.create_index(op.f('ix_practice_try_goal_id'), 'practice_try', ['goal_id'])
    op.create_index(op.f('ix_practice_try_person_id'), 'practice_try', ['person_id'])


def downgrade() -> None:
    raise NotImplementedError('A room and practices have no place in the tables before; restore a backup.')
