"""An image of a daemon in a file that nobody else sees: the daemon saves it once, for ScanGuard and for Trivy.

The file has no name: when ScanGuard ends, however that happens, it is gone. Others reach it by way of `/proc`, which Linux has:
https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import IO, Final

from scanguard.image.kept import Shape
from scanguard.image.nodes import ByteStream, Image, LayerContents
from scanguard.image.streams import chunks
from scanguard.model.errors import TargetError
from scanguard.sources.image_files import ArchiveBlobs, FileImage
from scanguard.sources.image_stream import StreamImage
from scanguard.sources.repository import printable

_OPEN_FILES: Final = "/proc/self/fd"


class SavedImage:
    """An image that is saved when it is first read; where it cannot be, it stays a stream.

    Its methods raise TargetError as the stream's do.
    """

    def __init__(self, stream: StreamImage) -> None:
        self.daemon = stream.daemon
        self._stream = stream
        self._file: IO[bytes] | None = None
        self._read: FileImage | StreamImage | None = None
        self._saving = Lock()

    @property
    def path(self) -> str:
        """Where other processes find the archive; empty where it was not saved."""
        return "" if self._file is None else f"/proc/{os.getpid()}/fd/{self._file.fileno()}"

    @property
    def image(self) -> Image:
        """The image without its contents."""
        saved = self._saved()
        return saved.image if saved is self._stream else self._stream.told(saved.image)

    def contents(self) -> tuple[LayerContents, ...]:
        """What each layer holds, bottom first."""
        return self._saved().contents()

    def layers(self) -> Iterator[tuple[str, ByteStream]]:
        """The uncompressed archive of each different layer with its diff id."""
        return self._saved().layers()

    def identity(self, settled: int = 0) -> str:
        """What stays the same as long as the image does; empty where nothing tells."""
        return self._stream.identity(settled)

    def outlined(self, shape: Shape) -> Image | None:
        """What the image of this shape is, told without reading it; None where nobody can."""
        return self._stream.outlined(shape)

    def close(self) -> None:
        """Let go of the file, which is no more then."""
        if self._file is not None:
            self._file.close()
        self._stream.close()

    def _saved(self) -> FileImage | StreamImage:
        """What can be read; who asks meanwhile waits for it."""
        with self._saving:
            if self._read is None:
                self._read = self._stream
                if os.path.isdir(_OPEN_FILES):
                    with suppress(OSError):  # no space for it
                        self._read = self._save()
            return self._read

    def _save(self) -> FileImage:
        """The image in a file. Raises OSError where it cannot be written."""
        import tempfile

        asked = self._stream.asked
        file = tempfile.TemporaryFile(prefix="scanguard-")  # noqa: SIM115 - it stays open until `close`
        try:
            with self._stream.begin() as stream:
                file.writelines(chunks(stream))
            file.flush()
            self._file = file
            return FileImage(self.path, ArchiveBlobs(self.path), asked)
        except BaseException as error:
            self._file = None
            file.close()
            if isinstance(error, TargetError):
                raise TargetError(error.message, printable(asked.reference)) from error
            raise
