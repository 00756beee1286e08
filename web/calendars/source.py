"""Whom do calendar programs name as the organizer of what this installation publishes?"""

from email.headerregistry import Address
from urllib.parse import urlsplit

from web.calendars.feed import Source
from web.office import Office


def source_of(office: Office) -> Source:
    """The installation's host, which its events are named by, and the person whom people write to."""
    host = urlsplit(office.base_url).hostname or "localhost"
    return Source(host, Address(office.contact.name, addr_spec=office.contact.email))
