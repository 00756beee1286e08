"""Mails as mail servers, calendars and people write them, about one letter."""

from base64 import b64encode

LETTER = "<0123456789abcdef0123456789abcdef@impuls.example>"
BOX = "impuls@impuls.example"
READER = "noor@vzw.example"
RETURNED = f"From: Impuls <{BOX}>\nTo: {READER}\nSubject: You are chosen\nMessage-ID: {LETTER}\n"


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def plain_mail(text: str, *headers: str, sender: str = READER, to: str = LETTER) -> bytes:
    """What somebody writes back with a mail program."""
    about = f"In-Reply-To: {to}\nReferences: <first@thread.example> {to}\n" if to else ""
    more = "".join(f"{one}\n" for one in headers)
    return crlf(
        f"From: Noor Claes <{sender}>\nTo: {BOX}\nSubject: Re: You are chosen\nMessage-ID: <reply@vzw.example>\n"
        f"Date: Fri, 01 Mar 2019 10:00:00 +0100\n{about}{more}MIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


def report(
    action: str = "failed", status: str = "5.1.1", address: str = READER, *, original: str = "",
    returned: str = RETURNED, kind: str = "message/delivery-status", returned_as: str = "text/rfc822-headers",
) -> bytes:
    """A delivery report (RFC 3464)."""
    said = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return crlf(
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\nTo: {BOX}\n"
        "Subject: Undelivered Mail Returned to Sender\nMessage-ID: <dsn@mx.example>\nAuto-Submitted: auto-replied\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="=_r"\n\n'
        "--=_r\nContent-Type: text/plain\n\nThis is the mail system at host mx.example.\n\n"
        f"--=_r\nContent-Type: {kind}\n\nReporting-MTA: dns; mx.example\nX-Postfix-Queue-ID: 1\n\n"
        f"{said}Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 nobody is called so here\n\n"
        f"--=_r\nContent-Type: {returned_as}\n\n{returned}\n--=_r--\n"
    )


EXIM = crlf(
    f"Return-path: <>\nX-Failed-Recipients: {READER}\nAuto-Submitted: auto-replied\n"
    f"From: Mail Delivery System <Mailer-Daemon@mx.example>\nTo: {BOX}\n"
    "Subject: Mail delivery failed: returning message to sender\nMessage-Id: <E1@mx.example>\n\n"
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n\n"
    f"  {READER}\n    SMTP error from remote mail server after RCPT TO: 550 no such user\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\n"
    f"{RETURNED}\nDear Noor,\n"
)
EXIM_LATE = EXIM.replace(b"could not be delivered to one or more of its\r\nrecipients. This is a permanent error. The",
                         b"has not been delivered to one or more of its\r\nrecipients after more than 24 hours. The")
QMAIL = crlf(
    f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {BOX}\nSubject: failure notice\n\n"
    "Hi. This is the qmail-send program at mx.example.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    f"<{READER}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
    f"--- Below this line is a copy of the message.\n\nReturn-Path: <{BOX}>\n{RETURNED}\nDear Noor,\n"
)
POSTFIX = crlf(
    f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\nTo: {BOX}\n"
    "Subject: Undelivered Mail Returned to Sender\n\n"
    "This is the Postfix program at host mx.example.\n\n"
    "I'm sorry to have to inform you that the message returned\nbelow could not be delivered to one or more "
    "recipients.\n\n"
    f"<{READER}>: host mail.vzw.example said: 550 User unknown\n\n"
    f"------ Original message ------\n{RETURNED}\n"
)
EXCHANGE = crlf(
    f"From: System Administrator <postmaster@vzw.example>\nTo: {BOX}\nSubject: Undeliverable: You are chosen\n"
    f"In-Reply-To: {LETTER}\nContent-Type: text/plain\n\n"
    "Your message did not reach some or all of the intended recipients.\n\n"
    "      Subject: You are chosen\n      Sent:    1-3-2019 10:00\n\n"
    "The following recipient(s) could not be reached:\n\n"
    f"      {READER} on 1-3-2019 10:01\n            The e-mail account does not exist at the organization.\n"
)


def calendar(
    *, method: str = "REPLY", uid: str = "meeting-1@impuls.example", sequence: str = "1",
    stamp: str = "20190301T090000Z", attendees: tuple[str, ...] = (f"PARTSTAT=ACCEPTED:mailto:{READER}",),
    more: str = "",
) -> str:
    """A calendar as Outlook sends it, with the Windows name of its zone."""
    people = "".join(f"ATTENDEE;{one}\n" for one in attendees)
    return (
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nPRODID:Microsoft Exchange Server 2010\nVERSION:2.0\n"
        "BEGIN:VTIMEZONE\nTZID:Romance Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\n"
        "TZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
        f"BEGIN:VEVENT\n{people}UID:{uid}\nDTSTART;TZID=Romance Standard Time:20190403T140000\n"
        f"DTEND;TZID=Romance Standard Time:20190403T150000\nDTSTAMP:{stamp}\nSEQUENCE:{sequence}\n"
        f"ORGANIZER:mailto:{BOX}\n{more}END:VEVENT\nEND:VCALENDAR\n"
    )


def calendar_mail(ics: str, shape: str = "alternative", *, sender: str = READER, headers: str = "") -> bytes:
    """The same as a mail: `bare`, in an `alternative` with text, or `attached`."""
    encoded = b64encode(ics.replace("\n", "\r\n").encode()).decode()
    head = (
        f"From: Noor Claes <{sender}>\nTo: {BOX}\nSubject: Accepted: Pitch day\nMessage-ID: <cal@vzw.example>\n"
        f"{headers}MIME-Version: 1.0\n"
    )
    part = "Content-Type: text/calendar; charset=utf-8; method=REPLY\nContent-Transfer-Encoding: base64\n"
    if shape == "bare":
        return crlf(f"{head}{part}\n{encoded}\n")
    if shape == "attached":
        part = (
            "Content-Type: application/octet-stream; name=invite.ics\nContent-Transfer-Encoding: base64\n"
            "Content-Disposition: attachment; filename=invite.ics\n"
        )
    kind = "mixed" if shape == "attached" else "alternative"
    return crlf(
        f'{head}Content-Type: multipart/{kind}; boundary="=_c"\n\n'
        f"--=_c\nContent-Type: text/plain\n\nNoor Claes has accepted.\n--=_c\n{part}\n{encoded}\n--=_c--\n"
    )
