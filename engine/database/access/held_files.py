"""What becomes of a file that came with a form which is not right yet?"""

import hashlib

from sqlmodel import Session

from engine.database.connection import insert_once
from engine.database.records import FileRow


def hold(session: Session, content: bytes, now: int) -> str:
    """Keep the content, once, and give its digest: it waits there for the form to be sent again."""
    digest = hashlib.sha256(content).hexdigest()
    row = {"digest": digest, "size": len(content), "content": content, "received_at": now}
    insert_once(session, FileRow, [row], "digest")
    return digest
