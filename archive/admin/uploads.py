"""Where an uploaded table waits between its preview and its import."""

import os
import re
import secrets
import tempfile
import time
from pathlib import Path

from import_export.tmp_storages import BaseStorage

KEPT_SECONDS = 24 * 60 * 60
_NAME = re.compile("[0-9a-f]{32}")


class UploadStorage(BaseStorage):
    def save(self, data):
        folder = self.folder()
        for old in folder.iterdir():
            if old.stat().st_mtime < time.time() - KEPT_SECONDS:
                old.unlink(missing_ok=True)
        self.name = secrets.token_hex(16)
        self.path().write_bytes(data)

    def read(self):
        return self.path().read_bytes()

    def remove(self):
        self.path().unlink(missing_ok=True)

    def path(self):
        # The name comes back from the browser.
        if not _NAME.fullmatch(self.name or ""):
            raise FileNotFoundError(self.name)
        return self.folder() / self.name

    def folder(self):
        # It may hold what is not public: only this user reads it.
        folder = Path(tempfile.gettempdir()) / f"newsroom-archive-uploads-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(folder)
        return folder
