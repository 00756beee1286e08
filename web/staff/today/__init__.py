"""What needs somebody on staff today, in whichever round?"""

from web.staff.today.page import pages

__all__ = ["pages"]
