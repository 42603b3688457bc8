"""The table of looks at people's records; keys and types as in sync.store.tables."""

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from sync.store.tables import StoreTable

__all__ = ["LookRow", "StoreTable"]


class LookRow(StoreTable, table=True):
    """Somebody looked at a person's record here, or at a list of so many (sync.store.looks).

    `n` is never used again. `received` is when the city said that it has it.
    """

    __tablename__ = "look"
    __table_args__ = (
        Index("ix_look_same", "record", "operator", "how", "what"),
        Index("ix_look_waiting", "n", sqlite_where=text("received IS NULL")),
        {"sqlite_autoincrement": True},
    )
    n: int | None = Field(default=None, primary_key=True)
    at: int
    operator: bytes = Field(sa_type=LargeBinary)
    record: bytes = Field(sa_type=LargeBinary)
    how: str
    what: str
    count: int
    subject: bytes = Field(sa_type=LargeBinary)
    received: int | None = None
