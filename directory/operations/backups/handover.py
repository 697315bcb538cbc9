"""What a database must forget when it begins a new life elsewhere: who was signed in, open doors, letters half sent."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

_OPEN = {
    "sign_ins": "UPDATE sign_ins SET ended_at = {now} WHERE ended_at IS NULL",
    "users": "UPDATE users SET fs_uniquifier = {random}",
    "access_links": "UPDATE access_links SET used_at = {now} WHERE used_at IS NULL",
    "outbox_messages": (
        "UPDATE outbox_messages SET refused_at = {now}, text = NULL, html = NULL, last_error = 'restored'"
        " WHERE sent_at IS NULL AND refused_at IS NULL"
    ),
}
_WORDS = {
    "sqlite": {"now": "strftime('%Y-%m-%d %H:%M:%f000', 'now')", "random": "lower(hex(randomblob(32)))"},
    "postgresql": {
        "now": "now()",
        "random": "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
    },
}


def statements(dialect: str, tables: Collection[str], epoch: uuid.UUID, *, keep_sessions: bool) -> Iterator[str]:
    """SQL that begins a new epoch and, unless they are kept, ends sessions, links and letters that wait.

    In plain SQL, for the tables as an older release made them. Letters go with the links that stand in them, and what
    waited then was sent since.
    """
    written = epoch.hex if dialect == "sqlite" else str(epoch)
    yield f"UPDATE feed_counter SET epoch = '{written}'"  # noqa: S608 - a number of ours
    if not keep_sessions:
        for table, statement in _OPEN.items():
            if table in tables:
                yield statement.format(**_WORDS[dialect])
