#!/usr/bin/env python3
import os
import sys


def main():
    # A fresh clone works at once; a server, which has a secret, gets production settings from every command.
    if "NEWSROOM_SECRET_KEY" not in os.environ:
        os.environ.setdefault("NEWSROOM_ENV", "local")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(f"{error}; install what is needed with: make demo") from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
