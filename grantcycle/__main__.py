"""How is `python -m grantcycle` answered?"""

from grantcycle.command_line import main

if __name__ == "__main__":
    main()
