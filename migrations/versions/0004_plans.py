"""Let plans follow templates and be reviewed, and goals say from three places why they matter.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


APPROVAL_RULE = _choice('approvalrule', ('supervisor', 'committee', 'peers', 'colleague', 'none'))
COLLABORATION = _choice('collaboration', ('none', 'encouraged', 'required'))
PLAN_STATE = _choice('planstate', ('draft', 'submitted', 'changes_requested', 'approved', 'active', 'mid_year_done',
    'final_submitted', 'closed', 'withdrawn', 'superseded'))
STAGE = _choice('stage', ('approval', 'mid_year', 'final'))
DECISION = _choice('decision', ('approved', 'changes', 'responded', 'signed'))
COMMENT_KIND = _choice('commentkind', ('praise', 'question', 'change'))
DECLARATION_RULE = _choice('declarationrule', ('off', 'invited', 'expected', 'required'))
AUDIENCE = _choice('audience', ('private', 'reviewer', 'team', 'school', 'district'))
EXEMPTION_REASON = _choice('exemptionreason', ('safety', 'health', 'legal', 'other'))
RATIONALE_KIND = _choice('rationalekind', ('educator', 'student', 'system'))
RATIONALE_SOURCE = _choice('rationalesource', ('self_assessment', 'feedback', 'observation', 'class_work',
    'assessment', 'survey', 'attendance', 'school_plan', 'district_plan', 'other'))
PLAN_OUTCOME = _choice('planoutcome', ('met', 'partly', 'carried_over'))
SHARED_KIND = _choice('sharedkind', ('team', 'cross_school', 'mentor', 'open_door', 'colleague'))
COMPANY = _choice('company', ('joined', 'adapted', 'alone', 'undecided'))
GOAL_KIND = _choice('goalkind', ('practice', 'student_learning', 'school', 'district', 'personal'))


def upgrade() -> None:
    _make_templates()
    _give_plans_a_life()
    _make_reviews()
    _begin_the_history_of_plans()
    _make_policies()
    _make_writing()
    _say_more_of_goals()


def _make_templates() -> None:
    op.create_table(
        'plan_template',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=True),
        sa.Column('is_default', sa.Boolean(), nullable=False),
        sa.Column('is_offered', sa.Boolean(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_plan_template_district_id_district'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_template')),
        sa.UniqueConstraint('district_id', 'key', name=op.f('uq_plan_template_district_id_key')),
    )
    op.create_table(
        'template_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('template_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('published_at', MOMENT, nullable=True),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('description', sa.Text(), nullable=False),
        sa.Column('start_month', sa.Integer(), nullable=True),
        sa.Column('start_day', sa.Integer(), nullable=True),
        sa.Column('months', sa.Integer(), nullable=False),
        sa.Column('most_days', sa.Integer(), nullable=True),
        sa.Column('approval', APPROVAL_RULE, nullable=False),
        sa.Column('reviewers', sa.Integer(), nullable=False),
        sa.Column('quorum', sa.Integer(), nullable=False),
        sa.Column('review_days', sa.Integer(), nullable=False),
        sa.Column('fewest_goals', sa.Integer(), nullable=False),
        sa.Column('most_goals', sa.Integer(), nullable=True),
        sa.Column('hours_target', sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column('hours_award', sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column('hours_yearly_cap', sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column('has_mid_year', sa.Boolean(), nullable=False),
        sa.Column('collaboration', COLLABORATION, nullable=False),
        sa.Column('try_it_required', sa.Boolean(), nullable=False),
        sa.Column('rationale_slots', sa.JSON(), nullable=False),
        sa.Column('fewest_evidence', sa.Integer(), nullable=False),
        sa.Column('fewest_standards', sa.Integer(), nullable=False),
        sa.Column('is_restricted', sa.Boolean(), nullable=False),
        sa.Column('reviewer_guide', sa.Text(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['template_id'], ['plan_template.id'],
            name=op.f('fk_template_version_template_id_plan_template'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_template_version')),
        sa.UniqueConstraint('template_id', 'number', name=op.f('uq_template_version_template_id_number')),
    )


def _make_reviews() -> None:
    op.create_table(
        'committee_member',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_committee_member_district_id_district'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_committee_member_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_committee_member')),
    )
    op.create_index(op.f('ix_committee_member_district_id'), 'committee_member', ['district_id'])
    op.create_index(op.f('ix_committee_member_person_id'), 'committee_member', ['person_id'])
    op.create_table(
        'plan_reviewer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_plan_reviewer_person_id_person'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_plan_reviewer_plan_id_growth_plan'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_reviewer')),
        sa.UniqueConstraint('plan_id', 'person_id', name=op.f('uq_plan_reviewer_plan_id_person_id')),
    )
    op.create_index(op.f('ix_plan_reviewer_person_id'), 'plan_reviewer', ['person_id'])
    op.create_table(
        'plan_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('from_state', PLAN_STATE, nullable=True),
        sa.Column('to_state', PLAN_STATE, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_plan_change_actor_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_plan_change_plan_id_growth_plan'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_change')),
    )
    op.create_index(op.f('ix_plan_change_actor_id'), 'plan_change', ['actor_id'])
    op.create_index(op.f('ix_plan_change_plan_id'), 'plan_change', ['plan_id'])
    op.create_table(
        'plan_snapshot',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('reason', PLAN_STATE, nullable=False),
        sa.Column('words', sa.JSON(), nullable=False),
        sa.Column('taken_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_plan_snapshot_plan_id_growth_plan'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_snapshot')),
        sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_plan_snapshot_plan_id_number')),
    )
    op.create_table(
        'plan_review',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('reviewer_id', sa.Integer(), nullable=True),
        sa.Column('stage', STAGE, nullable=False),
        sa.Column('decision', DECISION, nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('signed_name', sa.String(length=200), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_plan_review_plan_id_growth_plan'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['reviewer_id'], ['person.id'], name=op.f('fk_plan_review_reviewer_id_person'),
            ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_review')),
    )
    op.create_index(op.f('ix_plan_review_plan_id_plan_review_stage'), 'plan_review', ['plan_id', 'stage'])
    op.create_index(op.f('ix_plan_review_reviewer_id'), 'plan_review', ['reviewer_id'])
    op.create_table(
        'review_comment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=True),
        sa.Column('field', sa.String(length=32), nullable=False),
        sa.Column('reply_to_id', sa.Integer(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('kind', COMMENT_KIND, nullable=True),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('resolved_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_review_comment_author_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_review_comment_goal_id_goal'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_review_comment_plan_id_growth_plan'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['reply_to_id'], ['review_comment.id'],
            name=op.f('fk_review_comment_reply_to_id_review_comment'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_review_comment')),
    )
    op.create_index(op.f('ix_review_comment_author_id'), 'review_comment', ['author_id'])
    op.create_index(op.f('ix_review_comment_goal_id'), 'review_comment', ['goal_id'])
    op.create_index(op.f('ix_review_comment_plan_id'), 'review_comment', ['plan_id'])
    op.create_index(op.f('ix_review_comment_reply_to_id'), 'review_comment', ['reply_to_id'])


def _make_policies() -> None:
    op.create_table(
        'declaration_policy',
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('rule', DECLARATION_RULE, nullable=False),
        sa.Column('minimum', AUDIENCE, nullable=False),
        sa.Column('changed_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'],
            name=op.f('fk_declaration_policy_district_id_district'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('district_id', name=op.f('pk_declaration_policy')),
    )
    op.create_table(
        'declaration_exemption',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('reason', EXEMPTION_REASON, nullable=False),
        sa.Column('granted_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'],
            name=op.f('fk_declaration_exemption_granted_by_id_person'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_declaration_exemption_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration_exemption')),
    )
    op.create_index(op.f('ix_declaration_exemption_person_id'), 'declaration_exemption', ['person_id'])
    op.create_table(
        'priority',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('school_id', sa.Integer(), nullable=True),
        sa.Column('text', sa.String(length=280), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('retired_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_priority_created_by_id_person'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_priority_district_id_district'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_priority_school_id_school'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_priority')),
    )
    op.create_index(op.f('ix_priority_district_id_priority_retired_at'), 'priority', ['district_id', 'retired_at'])
    op.create_index(op.f('ix_priority_school_id'), 'priority', ['school_id'])


def _make_writing() -> None:
    op.create_table(
        'goal_rationale',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=False),
        sa.Column('kind', RATIONALE_KIND, nullable=False),
        sa.Column('source', RATIONALE_SOURCE, nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('dated_on', sa.Date(), nullable=True),
        sa.Column('link', sa.String(length=500), nullable=False),
        sa.Column('priority_id', sa.Integer(), nullable=True),
        sa.Column('priority_text', sa.String(length=280), nullable=False),
        sa.Column('cleared', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_goal_rationale_goal_id_goal'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['priority_id'], ['priority.id'], name=op.f('fk_goal_rationale_priority_id_priority'),
            ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_rationale')),
        sa.UniqueConstraint('goal_id', 'kind', name=op.f('uq_goal_rationale_goal_id_kind')),
    )
    op.create_index(op.f('ix_goal_rationale_priority_id'), 'goal_rationale', ['priority_id'])
    op.create_table(
        'goal_revision',
        sa.Column('goal_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('words', sa.JSON(), nullable=False),
        sa.Column('saved_by_id', sa.Integer(), nullable=True),
        sa.Column('saved_at', MOMENT, nullable=False),
        sa.Column('sheet', sa.String(length=32), nullable=False),
        sa.Column('turn', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_goal_revision_goal_id_goal'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['saved_by_id'], ['person.id'], name=op.f('fk_goal_revision_saved_by_id_person'),
            ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('goal_id', 'version', name=op.f('pk_goal_revision')),
    )
    op.create_index(op.f('ix_goal_revision_saved_by_id'), 'goal_revision', ['saved_by_id'])
    op.create_table(
        'goal_draft',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=True),
        sa.Column('plan_id', sa.Integer(), nullable=True),
        sa.Column('base_version', sa.Integer(), nullable=True),
        sa.Column('words', sa.JSON(), nullable=False),
        sa.Column('writers', sa.JSON(), nullable=False),
        sa.Column('sheet', sa.String(length=32), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('saved_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_goal_draft_goal_id_goal'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_goal_draft_person_id_person'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_goal_draft_plan_id_growth_plan'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_draft')),
    )
    op.create_index(op.f('ix_goal_draft_goal_id'), 'goal_draft', ['goal_id'])
    op.create_index(op.f('ix_goal_draft_person_id_goal_draft_sheet'), 'goal_draft', ['person_id', 'sheet'])
    op.create_index(op.f('ix_goal_draft_plan_id'), 'goal_draft', ['plan_id'])


def _give_plans_a_life() -> None:
    _add_filled(
        'growth_plan', ('state', PLAN_STATE, 'draft'), ('is_restricted', sa.Boolean(), sa.false()),
        ('shared_with', sa.String(length=280), ''), ('shared_purpose', sa.String(length=280), ''),
        ('shared_rhythm', sa.String(length=280), ''), ('shared_products', sa.String(length=280), ''),
        ('mid_year_words', sa.Text(), ''), ('results_statement', sa.Text(), ''), ('response', sa.Text(), ''),
        ('version', sa.Integer(), '1'))
    with op.batch_alter_table('growth_plan') as plan:
        for name in ('template_version_id', 'carried_from_id'):
            plan.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name in ('starts_on', 'ends_on'):
            plan.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name in ('submitted_at', 'opened_at', 'approved_at', 'mid_year_at', 'final_at', 'signed_at', 'closed_at'):
            plan.add_column(sa.Column(name, MOMENT, nullable=True))
        plan.add_column(sa.Column('outcome', PLAN_OUTCOME, nullable=True))
        plan.add_column(sa.Column('shared_kind', SHARED_KIND, nullable=True))
        plan.drop_constraint(op.f('uq_growth_plan_person_id_school_year'), type_='unique')
        plan.create_index(op.f('ix_growth_plan_carried_from_id'), ['carried_from_id'])
        plan.create_index(op.f('ix_growth_plan_person_id_growth_plan_school_year'), ['person_id', 'school_year'])
        plan.create_foreign_key(
            op.f('fk_growth_plan_carried_from_id_growth_plan'), 'growth_plan', ['carried_from_id'], ['id'],
            ondelete='SET NULL')
        plan.create_foreign_key(
            op.f('fk_growth_plan_template_version_id_template_version'), 'template_version', ['template_version_id'],
            ['id'], ondelete='SET NULL')


def _begin_the_history_of_plans() -> None:
    op.execute(
        "INSERT INTO plan_change (plan_id, actor_id, from_state, to_state, at) "
        "SELECT id, person_id, NULL, 'draft', created_at FROM growth_plan ORDER BY id")


def _say_more_of_goals() -> None:
    _add_filled('goal', ('with_whom', sa.Text(), ''), ('company', COMPANY, 'undecided'))
    op.execute(
        "INSERT INTO goal_rationale (goal_id, kind, text, link, priority_text, cleared) "
        "SELECT id, 'educator', rationale, '', '', '' FROM goal WHERE rationale <> '' ORDER BY id")
    with op.batch_alter_table('goal') as goal:
        goal.drop_column('rationale')
        goal.add_column(sa.Column('kind', GOAL_KIND, nullable=True))
        for name in ('joined_goal_id', 'carried_from_id'):
            goal.add_column(sa.Column(name, sa.Integer(), nullable=True))
            goal.create_index(op.f(f'ix_goal_{name}'), [name])
            goal.create_foreign_key(op.f(f'fk_goal_{name}_goal'), 'goal', [name], ['id'], ondelete='SET NULL')


def _add_filled(table: str, *columns: tuple[str, sa.types.TypeEngine[object], str]) -> None:
    """Add columns that must not be empty to a table that may have rows; each comes with what those rows get."""
    with op.batch_alter_table(table) as changed:
        for name, kind, filled in columns:
            changed.add_column(sa.Column(name, kind, nullable=False, server_default=filled))
    with op.batch_alter_table(table) as changed:
        for name, kind, _ in columns:
            changed.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    raise NotImplementedError('Reviews have no place in the tables before; restore a backup.')
