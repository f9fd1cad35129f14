"""How scores go to an LMS: each sent once, and read back many at a time."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database, utc_now
from lti_tool.errors import LMSDiffersError, LMSError, LMSUnavailableError, LMSWaitingError
from lti_tool.grades.operations import confirming, line_items, sending
from lti_tool.grades.operations.confirming import Confirmation
from lti_tool.grades.operations.sending import Sending
from lti_tool.lms.advantage import Advantage, Result
from lti_tool.lms.http import CourseConcludedError, StaleScoreError
from lti_tool.lms.tokens import AccessTokens
from lti_tool.outbox.handlers import Delivery, Message, Outcome, handles, handles_batches

LONGEST_PATIENCE = 2.0
NOT_THERE = 404
"""What an LMS says of a line item that it has no more; of a course or a person as well, so it is asked once more."""
CHANGED_BY_HAND = (
    "The LMS took the score, but its gradebook shows something else: somebody changed the grade there. "
    "Remove that change in the LMS, or send the score again."
)
NEWER_ENTRY = (
    "The gradebook holds a later entry that is not 1 of 1. Remove it in the LMS; the score is tried again by itself."
)
UNKNOWN_ENTRY = (
    "The gradebook holds a later entry, and the LMS does not let the tool read which. Look there: where it is 1 of 1, "
    "or a grade that somebody gave, leave it as it is; where it is empty or wrong, remove it and send the score again."
)


class Reached(Enum):
    """How far one delivery brought a score."""

    SENT = auto()
    SHOWN = auto()
    """The LMS was asked, and has it."""


@handles_batches("score")
class ScoreDelivery:
    """Sends scores: what they need is read, and what came of them is written, for many in one transaction."""

    def __init__(self, database: Database, settings: Config) -> None:
        self._database, self._settings = database, settings
        self._tokens = AccessTokens(database, settings.secret_key)

    def begin(self, db: Session, messages: Sequence[Message]) -> Mapping[int, Sending | LMSError]:
        """Reserve the times that are going to be sent."""
        score_ids = {message.id: int(message.payload["score_id"]) for message in messages}
        going = sending.begin_sending(db, score_ids.values(), self._settings)
        return {id_: going[score_id] for id_, score_id in score_ids.items() if score_id in going}

    def carry_out(self, _message: Message, going: Sending) -> Reached:
        """Send what is not there yet: an answer that was lost does not mean that the score was."""
        advantage = Advantage(going.platform, self._tokens)
        shown = _results(advantage, going) if going.may_have_arrived else []
        if _is_full(shown):
            return Reached.SHOWN
        if going.was_accepted and going.can_read_back:
            raise LMSDiffersError(CHANGED_BY_HAND)
        is_first = not going.may_have_arrived or (going.can_read_back and not shown)
        return self._send(advantage, going, is_first=is_first)

    def finish(self, db: Session, outcomes: Sequence[Outcome]) -> None:
        """Write down how far each score came, and have those that were sent read back."""
        reached: defaultdict[Reached, list[Sending]] = defaultdict(list)
        for outcome in outcomes:
            if isinstance(outcome.error, LMSError):
                _note_refused(db, [int(outcome.message.payload["score_id"])], outcome.error)
                if outcome.error.http_status == NOT_THERE:
                    line_items.ask_for_another(db, [outcome.work.resource_link_id], outcome.work.line_item_url)
            elif isinstance(outcome.result, Reached):
                reached[outcome.result].append(outcome.work)
        sending.note_sent(db, _ids(reached[Reached.SENT]))
        sending.note_confirmed(db, _ids(reached[Reached.SHOWN]))
        links = {going.resource_link_id for going in reached[Reached.SENT] if going.can_read_back}
        confirming.enqueue_confirmations(db, links, timedelta(seconds=self._settings.confirm_after))

    def _send(self, advantage: Advantage, going: Sending, *, is_first: bool) -> Reached:
        """Send the score; where the LMS holds a newer entry, read it and send once more, later than this very second.

        The newer entry may be the score itself.
        """
        try:
            _send_at(advantage, going, going.timestamp, is_first=is_first)
        except StaleScoreError:
            if _is_full(_results(advantage, going)):
                return Reached.SHOWN
            timestamp = max(going.timestamp, utc_now().replace(microsecond=0)) + sending.SECOND
            with self._database.transaction() as db:
                sending.note_timestamp(db, going.score_id, timestamp)
            try:
                _send_at(advantage, going, timestamp, is_first=False)
            except StaleScoreError as error:
                if not going.can_read_back:
                    raise LMSWaitingError(UNKNOWN_ENTRY, http_status=error.http_status) from error
                raise LMSDiffersError(NEWER_ENTRY, http_status=error.http_status) from error
        return Reached.SENT


@handles("scores.confirm")
def confirm_scores(delivery: Delivery) -> None:
    """Read back what was sent to one gradebook column; what it shows otherwise twice is looked at daily."""
    link_id = int(delivery.message.payload["resource_link_id"])
    with delivery.database.transaction() as db:
        plan = confirming.plan_confirmation(db, link_id, delivery.settings)
    if plan is None:
        return
    try:
        shown = _shown(plan, Advantage(plan.platform, AccessTokens(delivery.database, delivery.settings.secret_key)))
        with delivery.database.transaction() as db:
            is_changed = _keep_shown(db, delivery, set(plan.pending.values()), shown)
        if is_changed:
            raise LMSDiffersError(CHANGED_BY_HAND)
    except LMSError as error:
        with delivery.database.transaction() as db:
            _note_unread(db, confirming.still_accepted(db, plan.pending.values()), error)
            if error.http_status == NOT_THERE:
                line_items.ask_for_another(db, [link_id], plan.line_item_url)
        if not isinstance(error, CourseConcludedError):
            raise


def _note_refused(db: Session, score_ids: Sequence[int], error: LMSError) -> None:
    """Write down why scores could not be sent, be it that their course has ended in the LMS."""
    sending.note_trouble(db, score_ids, error)
    if isinstance(error, CourseConcludedError):
        sending.note_closed(db, score_ids)


def _note_unread(db: Session, score_ids: Sequence[int], error: LMSError) -> None:
    """Write down why scores were not read back; what the LMS took of a course that has ended there stays sent."""
    if isinstance(error, CourseConcludedError):
        sending.note_taken(db, score_ids)
        sending.note_closed(db, score_ids)
    else:
        sending.note_trouble(db, score_ids, error)


def _keep_shown(db: Session, delivery: Delivery, asked: set[int], shown: set[int]) -> bool:
    """Keep which scores the column shows; return whether it lacked the others already when it was read before."""
    payload, pause = delivery.message.payload, timedelta(seconds=delivery.settings.confirm_after)
    pending = set(confirming.still_accepted(db, asked))
    sending.note_confirmed(db, pending & shown)
    missing = pending - shown
    if missing <= set(payload.get("again", ())):
        return bool(missing)
    confirming.confirm_again(db, int(payload["resource_link_id"]), missing, pause)
    return False


def _shown(plan: Confirmation, advantage: Advantage) -> set[int]:
    """Return the scores that the column shows in full, asking for all of it or person by person."""
    if plan.is_cheaper_whole:
        results: Iterable[Result] = advantage.results(plan.line_item_url)
    else:
        results = (each for user in plan.pending for each in advantage.results(plan.line_item_url, user_id=user))
    return {plan.pending[result.user_id] for result in results if result.is_full and result.user_id in plan.pending}


def _results(advantage: Advantage, going: Sending) -> list[Result]:
    return advantage.results(going.line_item_url, user_id=going.user_id) if going.can_read_back else []


def _is_full(results: Iterable[Result]) -> bool:
    return any(result.is_full for result in results)


def _ids(goings: Iterable[Sending]) -> list[int]:
    return [going.score_id for going in goings]


def _send_at(advantage: Advantage, going: Sending, timestamp: datetime, *, is_first: bool) -> None:
    """Send with this time, never before it has come: a time in the future would block every later score."""
    ahead = (timestamp - utc_now()).total_seconds()
    if ahead > LONGEST_PATIENCE:
        raise LMSUnavailableError("The clock of this machine was set back. The score is sent when it has caught up.")
    time.sleep(max(ahead, 0.0))
    advantage.send_score(
        going.line_item_url,
        user_id=going.user_id,
        timestamp=timestamp,
        achieved_at=going.achieved_at,
        is_first=is_first,
    )
