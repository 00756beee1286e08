"""What can staff do with letters: with one, with all of one cause, and with what a letter says?"""

from notifications.anew import WritingDesk
from notifications.desk import Desk
from notifications.desk_groups import GroupDesk


class StaffDesk(Desk, GroupDesk, WritingDesk):
    """All acts on letters."""
