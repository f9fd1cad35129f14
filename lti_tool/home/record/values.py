"""The value of a column as JSON, and back. What comes from a file is checked as if a stranger had written it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Enum, Integer, Numeric, String

from lti_tool.db import LARGEST_ID, Base, UtcDateTime
from lti_tool.errors import InvalidInputError
from lti_tool.plans.addresses import is_web_address


def column_of(model: type[Base], name: str) -> Column[Any]:
    """Return a column of a table by its name."""
    columns: Any = model.__table__.columns
    return columns[name]  # type: ignore[no-any-return]


def to_json(column: Column[Any], value: Any) -> Any:
    """Return what a column holds as a JSON value that is the same on every database."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        scale = column.type.scale if isinstance(column.type, Numeric) else None
        return f"{value:.{scale or 0}f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def from_json(column: Column[Any], value: Any, where: str) -> Any:
    """Return a JSON value as the column keeps it; refuse one that it cannot."""
    if value is None:
        if column.nullable:
            return None
        raise refused(where, "is empty")
    for kind, read in READERS:
        if isinstance(column.type, kind):
            return _checked(read, column, value, where)
    raise refused(where, "is of no known kind")


def refused(where: str, problem: str) -> InvalidInputError:
    """Return the refusal of a file that is no record of ours, with the place that says so."""
    return InvalidInputError(f"This file cannot be brought in: {where} {problem}. Nothing was changed.")


def _checked(read: Callable[[Column[Any], Any], Any], column: Column[Any], value: Any, where: str) -> Any:
    try:
        return read(column, value)
    except (ValueError, TypeError, InvalidOperation, OverflowError) as error:
        raise refused(where, "cannot be read") from error


def _moment(_column: Column[Any], value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("A time without a zone.")
    return moment.astimezone(UTC)


def _choice(column: Column[Any], value: Any) -> Any:
    kind: Any = column.type
    return kind.enum_class(value)


def _text(column: Column[Any], value: Any) -> str:
    kind: Any = column.type
    is_address = column.name == "url" or column.name.endswith("_url")
    if not isinstance(value, str) or len(value) > (kind.length or len(value)):
        raise ValueError("No text, or too long a one.")
    if is_address and value and not is_web_address(value):
        raise ValueError("No address of the web.")
    return value


def _amount(column: Column[Any], value: Any) -> Decimal:
    kind: Any = column.type
    if not isinstance(value, str) or len(value) > kind.precision + 2:
        raise ValueError("No amount, or too long a one.")
    amount = Decimal(value)
    if not amount.is_finite() or amount < 0 or amount >= 10 ** (kind.precision - kind.scale):
        raise ValueError("An amount that does not fit.")
    return amount.quantize(Decimal(1).scaleb(-kind.scale))


def _whole(_column: Column[Any], value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_ID:
        raise ValueError("No whole number that fits.")
    return value


def _plain(_column: Column[Any], value: Any) -> Any:
    each_is = str if isinstance(value, list) and value and isinstance(value[0], str) else dict
    if not isinstance(value, dict) and not (isinstance(value, list) and all(isinstance(it, each_is) for it in value)):
        raise TypeError("Neither a list of texts or of objects, nor an object.")
    return value


def _yes_or_no(_column: Column[Any], value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("Neither yes nor no.")
    return value


READERS: tuple[tuple[Any, Callable[[Column[Any], Any], Any]], ...] = (
    (UtcDateTime, _moment),
    (Date, lambda _column, value: date.fromisoformat(value)),
    (Enum, _choice),  # before text, which it is as well
    (Boolean, _yes_or_no),
    (Numeric, _amount),
    (Integer, _whole),
    (JSON, _plain),
    (String, _text),
)
