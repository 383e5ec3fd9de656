"""Uploads of any size go to the disk as they come, within bounds, and never through memory."""

import errno

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from archive import uploads

# What a form holds besides its file.
REST_OF_FORM = 100_000


class Upload(UploadedFile):
    """A file that lies in the folder of uploads already."""


class ReceivingHandler(FileUploadHandler):
    """Writes one file to the folder of uploads. What kept it from doing so stands in `problem`."""

    chunk_size = 2**20

    def __init__(self, request=None):
        super().__init__(request)
        self.written = None
        self.problem = ""
        self.received = 0

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > settings.UPLOAD_LIMIT + REST_OF_FORM:
            self.problem = too_large()
        elif not uploads.has_room_for(content_length):
            self.problem = no_room()

    def new_file(self, field_name, file_name, *args, **kwargs):
        super().new_file(field_name, file_name, *args, **kwargs)
        if self.problem or field_name != "file" or self.written is not None:
            raise SkipFile
        try:
            self.written = uploads.new_file()
        except OSError as error:
            self.problem = no_room() if error.errno in NO_ROOM else _("The disk refuses it: %s.") % error.strerror
            raise SkipFile from error
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        try:
            if self.received > settings.UPLOAD_LIMIT:
                self.problem = too_large()
            else:
                self.written.write(raw_data)
        except OSError as error:
            self.problem = no_room() if error.errno in NO_ROOM else _("The disk refuses it: %s.") % error.strerror
        if self.problem:
            self.discard()
            raise SkipFile

    def file_complete(self, file_size):
        if self.problem or self.written is None:
            return None
        return Upload(self.written, self.file_name, self.content_type, file_size)

    def upload_interrupted(self):
        self.discard()

    def discard(self):
        if self.written is not None:
            uploads.discard(self.written)


NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def too_large():
    return _("The file is larger than %(limit)s, which is the most that is taken here. The operator can import it.") % {
        "limit": filesizeformat(settings.UPLOAD_LIMIT)
    }


def no_room():
    return _("There is no room for it on the server’s disk. Ask the operator to make some.")
