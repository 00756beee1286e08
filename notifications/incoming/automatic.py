"""Did a machine write a mail by itself, so that nobody waits for an answer (RFC 3834)?"""

from notifications.incoming.opened import Opened

_PRECEDENCE = ("bulk", "junk", "list", "auto_reply", "auto-reply")
_SAY_SO = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Mail-Autoreply", "List-Id", "Feedback-ID")
_SERVERS = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply")


def why_automatic(mail: Opened) -> str:
    """How a mail says that a machine wrote it; empty where it does not."""
    submitted = mail.first("Auto-Submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return "automatic"
    if mail.first("Precedence").lower() in _PRECEDENCE or any(mail.all(name) for name in _SAY_SO):
        return "automatic"
    if mail.first("X-Auto-Response-Suppress").lower() not in ("", "none"):
        return "automatic"  # nobody's own words ask machines to be silent
    if mail.first("Return-Path").replace(" ", "") == "<>":
        return "automatic"
    if mail.kind == "multipart/report":
        return "automatic"  # a receipt, or a complaint: it is no answer
    if mail.first("X-Spam-Flag").lower() == "yes":
        return "spam"
    return "automatic" if mail.sender.partition("@")[0] in _SERVERS else ""
