"""What does anybody see: the open calls?"""

from web.routes import Pages

pages = Pages()
