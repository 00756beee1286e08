"""What do staff do with letters: see them by cause, read each as its reader gets it, hold, approve, change, retry?"""

from web.routes import Pages
from web.staff.outbox import acting, batch, causes, editing, letter, one_cause

pages = Pages()
for part in (causes, batch, one_cause, letter, acting, editing):
    pages.declared += part.pages.declared
