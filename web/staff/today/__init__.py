"""What needs somebody on staff today, in whichever round?"""

from web.routes import Pages

pages = Pages()
