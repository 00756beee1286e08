"""What do people's own calendars hear of a round?"""
